// index.ts: the active span goes along with the tasks of a zone.js that is already in the page.

interface Slot {
  current?: unknown
  /** The application keeps its context: Lightspan need not guess. */
  kept?: number
}

interface Task {
  type: 'microTask' | 'macroTask' | 'eventTask'
}

type Method = (this: unknown, task: Task, ...more: unknown[]) => unknown

interface ZoneMethods {
  scheduleTask: Method
  runTask: Method
}

const slotOf = (): Slot =>
  ((globalThis as { [key: symbol]: Slot | undefined })[Symbol.for('lightspan.context.v1')] ??= {})

/**
 * Keeps the active span over every micro- and macrotask that zone.js knows: give it to `startWith` as
 * an instrumentation. It works in all zones, `NgZone` included, and brings no zone.js of its own: where
 * the page has none it does nothing. Native `await` is invisible to zone.js; compile to ES2016, as
 * Angular does, or use @lightspan/await. Never throws.
 */
export const zoneContext = () => (): (() => void) => {
  const { Zone } = globalThis as { Zone?: { prototype?: Partial<ZoneMethods>; root?: object } }
  const methods = (Zone?.root ? Object.getPrototypeOf(Zone.root) : undefined) as
    ZoneMethods | undefined
  if (!methods?.scheduleTask) return () => {}
  const slot = slotOf()
  slot.kept = (slot.kept || 0) + 1
  const contexts = new WeakMap<Task, unknown>()
  const { scheduleTask, runTask } = methods
  let live = true

  const schedule: Method = function (task, ...more) {
    // A listener hears its events in the context of those who dispatch them.
    if (live && task.type != 'eventTask') contexts.set(task, slot.current)
    return Reflect.apply(scheduleTask, this, [task, ...more])
  }
  const run: Method = function (task, ...more) {
    if (!contexts.has(task)) return Reflect.apply(runTask, this, [task, ...more])
    const before = slot.current
    const current = (slot.current = contexts.get(task))
    try {
      return Reflect.apply(runTask, this, [task, ...more])
    } finally {
      // What the task has left itself stays left, as a click does whose event was stopped: its SDK leaves it by a
      // timer, which is a task as well.
      if (slot.current || !current) slot.current = before
    }
  }
  // zone.js schedules a reaction when its promise settles; what counts is where it was registered.
  const promise = Promise.prototype as unknown as { then: (...args: unknown[]) => unknown }
  const { then } = promise
  const keep = (reaction: unknown) => {
    if (typeof reaction != 'function') return reaction
    const { current } = slot
    return (value: unknown): unknown => {
      const before = slot.current
      slot.current = current
      try {
        return Reflect.apply(reaction, undefined, [value]) as unknown
      } finally {
        if (slot.current || !current) slot.current = before
      }
    }
  }
  const react = function (this: unknown, done?: unknown, fail?: unknown): unknown {
    return Reflect.apply(then, this, live ? [keep(done), keep(fail)] : [done, fail])
  }
  Object.assign(methods, { scheduleTask: schedule, runTask: run })
  promise.then = react
  return () => {
    live = false
    slot.kept!--
    if (methods.scheduleTask === schedule) methods.scheduleTask = scheduleTask
    if (methods.runTask === run) methods.runTask = runTask
    if (promise.then === react) promise.then = then
  }
}
