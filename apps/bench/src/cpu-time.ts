import { readFileSync } from 'node:fs'

/** Ticks per second of the times in /proc; 100 on Linux for every architecture that node runs on. */
const clockTicksPerSecond = 100
/** Positions of utime and stime after the closing bracket of the command (fields 14 and 15 of proc(5)). */
const userField = 11
const systemField = 12

/** CPU seconds that a process and all its threads have used, in user and system mode; undefined off Linux. */
export function readCpuSeconds(pid: number): number | undefined {
  let stat: string
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    // No /proc here (macOS, Windows), or the process is gone: the caller reports the measure as missing.
    return undefined
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[userField]) + Number(fields[systemField])) / clockTicksPerSecond
}
