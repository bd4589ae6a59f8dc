// paint.ts: the moment when what was just done is on the screen.

/** Calls `done` with the time, in ms, right after the next frame was handed to the compositor. */
export const afterPaint = (now: () => number, done: (time: number) => void): void => {
  requestAnimationFrame(() => setTimeout(() => done(now())))
}
