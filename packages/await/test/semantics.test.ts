// What transformed code does: the same as before, in the context it was called in, leaving nothing behind.

import { describe, expect, test } from 'vitest'
import { active, evaluate, run, settled, transformed } from './kit/evaluate.ts'

// Each program calls `p(label)` where the context is looked at, and is run twice at once in two contexts.
const programs: Record<string, string> = {
  'await of a value': `async function f() { p(1); await 0; p(2); await null; p(3) }; return f()`,
  'await in an expression': `const g = async (x) => { await 0; p(x); return x }
    return (async () => (await g(1)) + (await g(2)) * await (await g)(3))()`,
  'an arrow with an expression': `return (async () => ({ a: await 0, b: p(1), c: await p(2) }))()`,
  'a method, this and super': `class A { x = 1; async m() { await 0; return this.x } }
    class B extends A { async m() { await 0; p(1); const r = await super.m(); p(2); return r + this.x } }
    return new B().m()`,
  'static blocks and fields': `let r; class A { f = async () => { await 0; p(1); return this }
    static { r = (async () => { await 0; p(2) })() } }
    return Promise.all([r, new A().f()]).then(() => 0)`,
  arguments: `async function f() { await 0; p(arguments.length); return [...arguments] } return f(1, 2)`,
  'default parameters': `async function f(a = (async () => { await 0; p(1) })(), b = p(2)) { await a; p(3) } return f()`,
  'a function above and below': `return f(); async function f() { await 0; p(g()); return g()
    function g() { return 2 } }`,
  'a var and a function of one name': `async function f() { await 0; p(typeof k); var k = 1; function k() {} return k } return f()`,
  'two functions of one name': `async function f() { await 0; p(k()); function k() { return 1 } function k() { return 2 } } return f()`,
  'a catch': `return (async () => { try { await Promise.reject(1) } catch (e) { p(e); await 0; p(2) } p(3) })()`,
  'a catch with a pattern': `return (async () => { try { await Promise.reject({}) } catch ({ a = p(1), b: [c] = [2] }) { p(c); var d = a } return d })()`,
  'a finally': `return (async () => { try { await Promise.reject(1) } finally { p(1); await 0; p(2) } })().catch((e) => e)`,
  'a catch that was thrown into at once': `return (async () => { p(0); try { if (1) throw 1; await 0 } catch { p(1) } p(2); await 0; p(3) })()`,
  'return in a try': `return (async () => { try { return await 5 } finally { p(1) } })()`,
  'a throw': `return (async () => { await 0; p(1); throw 3 })().catch((e) => e)`,
  'a throw before the first await': `return (async () => { if (p(1)) throw 3; await 0; p(2) })().catch((e) => e)`,
  'a thenable': `const t = { then(ok) { p(1); ok(2) } }
    return (async () => { const v = await t; p(2); return v })()`,
  'a thenable from an async function': `const t = { then(ok) { p(1); ok(2) } }
    const f = async (x) => { await 0; return x }
    return (async () => { const v = await f(t); p(2); return v })()`,
  'a thenable from an async arrow': `const t = { then(ok) { p(1); ok(2) } }; const f = async () => t
    return (async () => { const v = await f(); p(2); return v })()`,
  'a subclass of Promise': `class P extends Promise { then(...a) { p(1); return super.then(...a) } }
    return (async () => { const v = await P.resolve(4); p(2); return v })()`,
  'thenables in Promise.all': `const f = async (n) => { await 0; p(n); return n }
    return (async () => { const v = await Promise.all([f(1), f(2), 3]); p(3); return v })()`,
  'for await over an async generator': `async function* g() { p(1); yield 1; p(2); await 0; yield 2; p(3) }
    return (async () => { const r = []; for await (const x of g()) { p(x); r.push(x); await 0; p(x) } p(4); return r })()`,
  'for await over an array': `return (async () => { let s = 0; for await (const x of [1, Promise.resolve(2), { then(k) { p(0); k(3) } }]) { p(x); s += x } p(9); return s })()`,
  'a break out of for await over an array': `return (async () => { for await (const x of [1, 2]) { p(x); break } p(9); await 0; p(10) })()`,
  'a break out of for await over a generator': `function* g() { try { yield 1 } finally { p(1) } }
    return (async () => { for await (const x of g()) { p(x); break } p(9) })()`,
  'a break out of for await that closes': `const it = { [Symbol.asyncIterator]: () => ({ next: async () => (p(1), { value: 1 }), return: async () => (p(2), {}) }) }
    return (async () => { for await (const x of it) { p(x); break } p(9) })()`,
  'a return out of for await': `const g = async function* () { try { yield 1 } finally { await 0; p(1) } }
    return (async () => { try { for await (const x of g()) return x } finally { p(2) } })()`,
  'labels around for await': `async function* g() { yield 1; yield 2 }
    return (async () => { let s = ''; a: for (const o of [1, 2]) { p(1); b: for await (const x of g()) { for await (const y of g()) { p(2); s += o + '' + x + y + ' '; if (y == 2) continue b; if (o == 2) continue a } p(3) } p(4) } p(5); return s })()`,
  'for await that fails': `async function* g() { yield 1; throw 2 }
    return (async () => { try { for await (const x of g()) p(x) } catch (e) { p(e) } p(3) })()`,
  'for await over a sync iterator that fails': `const it = { [Symbol.iterator]: () => ({ next() { p(0); throw 7 } }) }
    return (async () => { try { for await (const x of it) ; } catch (e) { p(e); return e } })()`,
  'for await with patterns': `async function* g() { yield { a: 1 }; yield {} }
    return (async () => { const o = {}; for await (const { a = p(1) } of g()) p(2); for await (o.x of g()) p(3); for await ([o.y = p(4)] of [[]]) p(5); return o.y })()`,
  'for await without a block': `async function* g() { yield 1 }
    return (async () => { if (p(1)) for await (const x of g()) for await (const y of g()) await p(x + y); else p(3); p(4) })()`,
  'a generator': `function* g(a) { p(1); const b = yield a; p(b); yield* [5, 6]; p(4); return 7 }
    const i = g(1); return [i.next(), i.next(2), i.next(), i.next(), i.next()]`,
  'a generator with a rest parameter': `function* g(a, ...b) { p(1); yield a; p(2); yield* b }
    return [g.length, [...g(1, 2, 3)]]`,
  'a generator without parameters, called with some': `function* g() { p(1); yield arguments.length } return [...g(1, 2)]`,
  'a generator that is closed': `function* g() { try { yield 1 } finally { p(1); yield 2 } }
    const i = g(); return [i.next(), i.return(5), i.next(), i.next()]`,
  'a generator that is thrown into': `function* g() { try { yield 1 } catch (e) { p(e) } p(2) }
    const i = g(); return [i.next(), i.throw(5)]`,
  'yield* of an iterator by hand': `const it = { [Symbol.iterator]: () => ({ n: 0, next(v) { p('n' + v); return { done: this.n++ > 1, value: this.n } }, return(v) { p('r'); return { done: true, value: v } } }) }
    function* g() { const r = yield* it; p(r); return r }
    const i = g(); i.next('x'); i.next('y'); const j = g(); j.next(); j.return(3); return i.next('z')`,
  'an async generator': `async function* g() { p(1); const a = yield 1; p(a); await 0; p(2); try { yield 3 } finally { p(3); await 0; p(4) } }
    const i = g(); return Promise.all([i.next(), i.next(2), i.return(4), i.next()])`,
  'the implicit await of an async generator': `async function* g() { p(1); try { if (0) await 0; return { then(ok) { p(2); ok(8) } } } finally { p(3) } }
    return g().next()`,
  'yield* of async and of sync iterators': `async function* h() { p(1); yield 1; p(2) }
    async function* g() { yield* h(); p(3); yield* [1, Promise.resolve(2)]; p(4); yield* (function* () { p(5); yield 9 })(); p(6) }
    return (async () => { const r = []; for await (const x of g()) r.push(x); p(7); return r })()`,
  'a nested call in the first segment': `const g = async () => { p(1); await 0; p(2) }
    return (async () => { const a = g(); p(3); await 0; p(4); await a; p(5); const b = g(); p(6); await b; p(7) })()`,
  'parentheses, templates, optional chains':
    'return (async () => { const o = { a: async () => p(1) }; const r = `${await o?.a?.()} ${(await (p(2), o))?.a.name}`; p(3); return r + [...(await [1])] + typeof await 0 + !await 0 + -await 1 + (await 2) ** 2 })()',
  'no semicolons': `const f = async () => {
      let a = 1
      await a
      p(1)
      const b = await a
      ;[1].forEach(p)
      if (b)
        await p(2)
      return await b
      var c
    }
    return f().catch(String)`,
  'await in parameters of calls, computed keys and class heads': `return (async () => { const o = { [await 'k']: await 1, async [await 'm']() { await 0; p(1); return 2 } }
      class A extends (await Object) { [await 'n']() { return 3 } }
      p(2); return [o.k, await o.m(), new A().n(), Math.max(await 1, await 2, ...(await [3]))] })()`,
}

const together = async (text: string) => {
  const seen: [string, unknown, unknown][] = []
  const results = ['A', 'B'].map((name) => {
    const p = (value: unknown) => {
      seen.push([name, value, active()])
      return value
    }
    return run(name, () => evaluate(text, { p }))
  })
  expect(active()).toBeUndefined()
  const values = await Promise.all(results)
  await settled()
  expect(active()).toBeUndefined()
  return { seen, values: values.map(String), json: JSON.stringify(values) }
}

describe('keeps results, order and context of', () => {
  test.each(Object.entries(programs))('%s', async (_, text) => {
    const before = await together(text)
    const after = await together(transformed(text))
    expect(after.json).toBe(before.json)
    expect(after.values).toEqual(before.values)
    expect(after.seen.map(([name, value]) => [name, value])).toEqual(
      before.seen.map(([name, value]) => [name, value]),
    )
    expect(after.seen.length).toBeGreaterThan(0)
    expect(after.seen.filter(([name, , context]) => name != context)).toEqual([])
  })
})

describe('a generator', () => {
  test('belongs to where it was created, and gives its consumer back what it had', () => {
    const seen: unknown[] = []
    const p = () => seen.push(active())
    const make = evaluate(transformed('return function* () { p(); yield; p(); yield; p() }'), { p })
    const it = run('creator', make as () => Iterator<unknown>)
    for (const consumer of ['one', 'two', 'three'])
      run(consumer, () => {
        it.next()
        expect(active()).toBe(consumer)
      })
    expect(seen).toEqual(['creator', 'creator', 'creator'])
  })

  test('left suspended leaks nothing', () => {
    const make = evaluate(transformed('return function* () { yield 1 }'))
    run('creator', () => (make as () => Iterator<unknown>)().next())
    expect(active()).toBeUndefined()
  })

  test('looks the same from outside', () => {
    const text = 'return [function* a(b, c) { yield }, async function* d(e, ...f) { await 0 }]'
    const look = (functions: unknown) =>
      (functions as (() => string)[]).map((it) => [
        it.name,
        it.length,
        String(it.prototype),
        `${it()}`,
      ])
    expect(look(evaluate(transformed(text)))).toEqual(look(evaluate(text)))
  })
})

test('code without a context is not given one by a neighbour in the same microtask checkpoint', async () => {
  const seen: unknown[] = []
  const p = () => seen.push(active())
  const f = evaluate(
    transformed('return async (n) => { for (let i = 0; i < n; i++) { await 0; p() } }'),
    { p },
  ) as (n: number) => Promise<void>
  const inside = run('A', () => f(3))
  const plain = [f(3), Promise.resolve().then(p).then(p)]
  await Promise.all([inside, ...plain])
  expect(seen.filter((it) => it == 'A')).toHaveLength(3)
  expect(seen.filter((it) => it === undefined)).toHaveLength(5)
})
