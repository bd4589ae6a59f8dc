// processes.ts: which processes there are, and whose children.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** A process that has not ended. */
export interface Process {
  pid: number
  parent: number
  command: string
}

const read = (pid: string): Process[] => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // the fields after the name, which may itself hold spaces and brackets
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (state == 'Z') return []
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
    return [{ pid: Number(pid), parent: Number(parent), command }]
  } catch {
    return [] // it has ended meanwhile
  }
}

const ask = (): Process[] =>
  execFileSync('ps', ['-axo', 'pid=,ppid=,stat=,command='], { encoding: 'utf8' })
    .split('\n')
    .flatMap((line) => {
      const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
      if (!pid || state?.startsWith('Z')) return []
      return [{ pid: Number(pid), parent: Number(parent), command: command! }]
    })

// Slim images of Linux have no `ps`, and other systems no /proc.
const all = (): Process[] =>
  existsSync('/proc/self/stat')
    ? readdirSync('/proc')
        .filter((it) => /^\d+$/.test(it))
        .flatMap(read)
    : ask()

const below = (parent: number, those: readonly Process[]): Process[] =>
  those.filter((it) => it.parent == parent).flatMap((it) => [it, ...below(it.pid, those)])

/** All processes that a process has started, and those they have. */
export const descendants = (pid: number): Process[] => below(pid, all())

/** Those of them that have not ended. */
export const alive = (those: readonly Process[]): Process[] => {
  const now = new Map(all().map((it) => [it.pid, it.command]))
  // a number that was given anew is another process
  return those.filter(({ pid, command }) => now.get(pid) == command)
}
