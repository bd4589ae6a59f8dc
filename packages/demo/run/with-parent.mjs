// with-parent.mjs: preloaded into each process: it stops when its parent is gone, even where that was killed.

/** How long an orderly stop may take, in ms. */
const patience = 10_000

process.once('disconnect', () => {
  setTimeout(() => process.exit(1), patience).unref()
  process.kill(process.pid, 'SIGTERM')
})
