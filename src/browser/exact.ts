// exact.ts: a number without the noise that arithmetic on doubles leaves behind.

/** Rounds to six decimals: engines give times in steps of 5 µs at best, and each digit costs a byte on the wire. */
export const exact = (value: number): number => +value.toFixed(6)
