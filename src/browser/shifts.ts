// shifts.ts: layout shifts, added up while they follow one another (CLS).

/** Layout shifts that follow one another within `gap` ms, `longest` in all, count as one. */
const gap = 1000
const longest = 5000

/** As much of a `layout-shift` entry as is read. */
export type Shift = PerformanceEntry & { value?: number }

/** Adds up shifts. @returns what takes the next, and gives the sum of its group and the largest of that. */
export const createShifts = <Entry extends Shift>() => {
  let sum = 0
  let first = 0
  let last = -gap
  let most: Entry
  return (entry: Entry) => {
    const { startTime, value = 0 } = entry
    if (startTime - last >= gap || startTime - first >= longest) {
      sum = 0
      first = startTime
      most = entry
    }
    last = startTime
    sum += value
    if (value > most.value!) most = entry
    return [sum, most] as const
  }
}
