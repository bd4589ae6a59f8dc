// expression.ts: a function and its arguments as text, for drivers that take text.

/** `work(...args)` as one expression. The function must not refer to anything outside itself. */
export const asExpression = (work: (...args: never[]) => unknown, args: readonly unknown[]) =>
  `(${work.toString()})(...${JSON.stringify(args)})`
