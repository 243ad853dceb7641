import { HttpProblem } from './problem.ts'

/** The version in `If-Match`. Throws `version/required` without one and `input/invalid` for anything but a version. */
export function versionIn(header: string | undefined): number {
  if (header === undefined) throw new HttpProblem('version/required')
  const match = /^(?:W\/)?"?(\d+)"?$/.exec(header.trim())
  if (match === null)
    throw new HttpProblem('input/invalid', { detail: 'If-Match takes the version, as in "3"' })
  return Number(match[1])
}
