import { useState } from 'react'
import { useWorkspace } from '../../data/workspace.tsx'
import { downloadJson } from '../../frame/export-unsent.ts'
import { Button } from '../../ui/Button.tsx'
import { Section } from '../../ui/Section.tsx'

/** For support: the technical state of this device, without contents of records or names of people. */
export function DiagnosticsSection() {
  const workspace = useWorkspace()
  const [said, setSaid] = useState<string>()
  const [text, setText] = useState<string>()
  const read = async (handOver: (text: string, diagnostics: unknown) => Promise<string> | string) => {
    try {
      const diagnostics = await workspace.diagnostics()
      setSaid(await handOver(JSON.stringify(diagnostics, null, 2), diagnostics))
    } catch {
      setSaid('This browser did not allow it. Open the technical details and select them.')
    }
  }
  return (
    <Section title="For support">
      <p className="text-base text-ink-2">
        A report of this device: connection, counts and sizes. It holds nothing of your records and no names.
      </p>
      <div className="mt-3 flex flex-wrap items-center gap-2">
        <Button
          onPress={() => {
            void read(async (report) => {
              await navigator.clipboard.writeText(report)
              return 'Copied'
            }) // Its failure is said beside.
          }}
        >
          Copy report
        </Button>
        <Button
          onPress={() => {
            void read((_, diagnostics) => {
              downloadJson('fulqrun-report', diagnostics)
              return 'Saved as a file'
            }) // As above.
          }}
        >
          Save report
        </Button>
        <output className="text-sm text-ink-2">{said}</output>
      </div>
      <details
        className="mt-3 text-sm text-ink-2"
        onToggle={(event) => {
          if (!event.currentTarget.open) return
          void read((report) => {
            setText(report)
            return ''
          }) // As above.
        }}
      >
        <summary className="min-h-6 cursor-default py-1">Technical details</summary>
        <pre className="thin-scroll mt-2 max-h-96 overflow-auto rounded-md bg-sunken p-3 text-xs whitespace-pre-wrap">
          {text ?? 'Reading ...'}
        </pre>
      </details>
    </Section>
  )
}
