// document.ts: the one HTML document of the shop. The page's script draws what its path asks for.

const icon =
  'data:image/svg+xml,' +
  encodeURIComponent(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="15" fill="#2c2438"/><path d="M9 19a7 7 0 0 1 14 0z" fill="#ffb454"/><path d="M16 5v7" stroke="#fff" stroke-width="1.6"/></svg>',
  )

/** The document, with Lightspan's script tag pointing to `collector` and links to its viewer. */
export const document = (collector: string): string => `<!doctype html>
<html lang="en" data-viewer="${collector}">
<head>
<meta charset="utf-8">
<title>Glimt: lamps for long evenings</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="A small lamp shop that shows what Lightspan sees.">
<link rel="icon" href="${icon}">
<link rel="stylesheet" href="/assets/style.css">
<script src="/assets/lightspan.js" data-service="shop-web" data-version="1.0.0" data-url="${collector}/v1/spans"></script>
<script type="module" src="/assets/main.js"></script>
</head>
<body>
<div id="shop"></div>
<noscript>This shop needs JavaScript.</noscript>
</body>
</html>
`
