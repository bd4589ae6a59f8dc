// vitals.mjs: web-vitals alone.

import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'

for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(() => {})
globalThis.flushBench = () => {}
