// names.ts: what transformed code calls the parts of the runtime.

/** Functions of the runtime that transformed code may use. */
export const parts = [
  'begin',
  'create',
  'top',
  'enter',
  'resume',
  'pause',
  'suspend',
  'adopt',
  'delegate',
  'iterate',
  'dispose',
] as const

export type Part = (typeof parts)[number]

/** Names that are free in one file, and which of them it came to use. */
export interface Names {
  /** The variable that holds a function's frame. */
  frame: string
  /** A part of the runtime, noted as used. */
  use: (part: Part) => string
  used: ReadonlySet<Part>
  /** A new name. */
  fresh: () => string
  /** The local name of a part. */
  local: (part: Part) => string
}

/** Picks names that do not occur in `text`. */
export const createNames = (text: string): Names => {
  let stem = '$ls'
  while (text.includes(stem)) stem += '_'
  const used = new Set<Part>()
  let count = 0
  const local = (part: Part) => stem + part[0]!.toUpperCase() + part.slice(1)
  return {
    frame: stem,
    used,
    local,
    use: (part) => {
      used.add(part)
      return local(part)
    },
    fresh: () => `${stem}${++count}`,
  }
}
