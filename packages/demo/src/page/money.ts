// money.ts: cents as people read them.

const format = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' })

/** `8900` as `€89`, `8950` as `€89.50`. */
export const money = (cents: number): string => format.format(cents / 100).replace(/\.00$/, '')
