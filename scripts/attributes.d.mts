/** The page with its table as the JSON says. */
export const render: () => Promise<string>
