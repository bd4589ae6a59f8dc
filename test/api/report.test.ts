// The public API is what test/api/*.d.ts say it is, so that no change of it goes unread.

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { doors, kept, pathOf, reportOf } from '../../scripts/api-report.mjs'

test('every door of every package has its report, and there is no other', () => {
  expect(Object.keys(doors)).toContain('lightspan-core.d.ts')
  expect(kept().sort()).toEqual(Object.keys(doors).sort())
})

test.each(kept())('%s is reviewed as it is (else: npm run api)', async (name) => {
  expect(await reportOf(name)).toBe(readFileSync(pathOf(name), 'utf8'))
})
