/**
 * The words of a rule in a `SPEC.md`, by its id, so that a screen can show the very sentence that the tests prove.
 * A rule stands in a table row (`| RES-2 | client-wins | text |`, its last cell being the text); undefined when the
 * specification does not list it.
 */
export function ruleText(spec: string, id: string): string | undefined {
  const row = spec.split('\n').find((line) => line.startsWith(`| ${id} `))
  const cells = row
    ?.split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
  // Marks of code and emphasis are for readers of the file.
  return cells?.at(-1)?.replaceAll(/[`_*]/g, '')
}
