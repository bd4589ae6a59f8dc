// disposals.ts: programs that dispose of what they use, in every way that `await using` has.

/**
 * Bodies of functions of `p`, which notes a label and looks what is active, and of `res(name, work)`, which
 * makes a resource whose disposal notes its name before and after an await of its own.
 */
export const disposals: Record<string, string> = {
  'one resource': `return (async () => { { await using a = res('a'); p(1); await 0; p(2) } p(3); await 0; p(4) })()`,
  'several, last first': `return (async () => { { await using a = res('a'), b = res('b'); p(1); await using c = res('c'); p(2) } p(3) })()`,
  'at the end of a function': `return (async () => { await using a = res('a'); await 0; p(1); return p(2) })()`,
  'in an arrow of its own': `const f = async (n) => { await using a = res(n); p(n) }
    return (async () => { await f('x'); p(1); await Promise.all([f('y'), f('z')]); p(2) })()`,
  'a sync disposal': `return (async () => { { await using a = { [Symbol.dispose]() { p('s') } }; p(1) } p(2) })()`,
  'a disposal that returns a thenable': `return (async () => { { await using a = { [Symbol.asyncDispose]: () => ({ then(ok) { p('t'); ok() } }) }; p(1) } p(2) })()`,
  'nothing to dispose of': `return (async () => { { await using a = null; p(1) } p(2); { await using b = undefined; p(3) } p(4) })()`,
  'an error of the block': `return (async () => { try { await using a = res('a'); p(1); throw 5 } catch (e) { p(e) } p(2) })()`,
  'an error of the disposal': `return (async () => { try { await using a = res('a', () => { throw 6 }); p(1) } catch (e) { p(e) } p(2) })()`,
  'errors of both': `return (async () => { try { await using a = res('a', () => { throw 6 }); await 0; throw 5 } catch (e) { p(e.error); p(e.suppressed) } p(2) })()`,
  'errors of three': `return (async () => { try { await using a = res('a', () => { throw 6 }); await using b = res('b', () => { throw 7 }); throw 5 } catch (e) { p(e.error); p(e.suppressed.error); p(e.suppressed.suppressed) } p(2) })()`,
  'what cannot be disposed of': `return (async () => { try { await using a = {}; p(1) } catch (e) { p(e.name) } try { await using b = 3; p(2) } catch (e) { p(e.name) } p(3) })()`,
  'the method that it had at first': `return (async () => { { await using a = res('a'); a[Symbol.asyncDispose] = () => p('no'); p(1) } p(2) })()`,
  'break and continue': `return (async () => { l: for (const n of [1, 2, 3]) { await using a = res(n); if (n == 1) continue; p(n); if (n == 2) break l } p(9) })()`,
  'a return out of it': `return (async () => { for (const n of [1, 2]) { await using a = res(n); await 0; return p(n) } })()`,
  'nested blocks': `return (async () => { { await using a = res('a'); { await using b = res('b'); p(1) } p(2); await 0; p(3) } p(4) })()`,
  'beside using': `return (async () => { { using s = { [Symbol.dispose]() { p('s') } }; await using a = res('a'); p(1) } p(2) })()`,
  'using before and after it': `const s = (n) => ({ [Symbol.dispose]() { p(n) } })
    return (async () => { try { using a = s('a'), b = null; await using c = res('c'); using d = s('d'); await using e = res('e'); p(1); throw 2 } catch (e) { p(e) } p(3) })()`,
  'using that fails beside it': `return (async () => { try { using a = { [Symbol.dispose]() { p('a'); throw 1 } }; await using b = res('b'); p(0); throw 2 } catch (e) { p(e.error); p(e.suppressed) } try { using c = {}; await using d = res('d'); p(4) } catch (e) { p(e.name) } p(3) })()`,
  'for of': `return (async () => { for (await using a of [res('a'), res('b')]) { p(1); await 0; p(2) } p(3) })()`,
  'for of without a block': `return (async () => { for (await using a of [res('a'), null, res('b')]) p(a ? 1 : 0); p(3) })()`,
  'for of, and out of it': `return (async () => { l: for (await using a of [res('a'), res('b')]) { p(1); if (a) break l } p(3) })()`,
  'for await of': `async function* g() { p('g'); yield res('a'); await 0; yield res('b') }
    return (async () => { for await (await using a of g()) { p(1); await 0; p(2) } p(3) })()`,
  'an async generator': `async function* g() { await using a = res('a'); p(1); yield 1; p(2); yield 2 }
    return (async () => { for await (const x of g()) { p('x' + x); if (x == 2) break } p(3) })()`,
}

/** The text of a function that runs one program in two contexts at once, and gives back what was seen. */
export const harness = `(async (make, slot) => {
  const seen = []
  const run = (name) => {
    const p = (value) => { seen.push([name, String(value), slot.current]); return value }
    const res = (label, work) => ({ async [Symbol.asyncDispose]() { p(label + '<'); await 0; if (work) work(); seen.push([name, label + '>']) } })
    slot.current = name
    try { return make(p, res) } finally { slot.current = undefined }
  }
  const values = await Promise.all([run('A'), run('B')])
  await new Promise((later) => setTimeout(later))
  return { seen, values: values.map(String), left: slot.current }
})`
