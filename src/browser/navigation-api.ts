// navigation-api.ts: the Navigation API, where the engine has it.

/** The platform's `navigation`: not a variable of the page's, nor an element with that id. */
export const navigationApi = (): EventTarget | undefined => {
  const { navigation } = globalThis as {
    navigation?: EventTarget & { currentEntry?: unknown }
  }
  return navigation?.currentEntry ? navigation : undefined
}
