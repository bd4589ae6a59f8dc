import config from '../../rollup.config.mjs'
import { rollup } from 'rollup'
for (const c of config.flat()) {
  const i = JSON.stringify(c.input)
  if (!i.includes('packages/await')) continue
  const b = await rollup({
    ...c,
    onwarn(w) {
      console.log(w.message)
    },
  })
  await b.write(c.output)
}
