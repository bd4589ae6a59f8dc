// posing-async-context.ts: Node's AsyncLocalStorage in the shape of the AsyncContext proposal: kept natively.

import { AsyncLocalStorage } from 'node:async_hooks'

class Variable {
  readonly #storage = new AsyncLocalStorage<unknown>()
  get() {
    return this.#storage.getStore()
  }
  run<Result>(value: unknown, work: () => Result): Result {
    return this.#storage.run(value, work)
  }
}

class Snapshot {
  readonly #run = AsyncLocalStorage.snapshot()
  run<Result>(work: () => Result): Result {
    return this.#run(work)
  }
  static wrap<Work extends (...args: never[]) => unknown>(work: Work): Work {
    return AsyncLocalStorage.bind(work)
  }
}

/** As much of `AsyncContext` as the proposal has. */
export const AsyncContext = { Variable, Snapshot }
