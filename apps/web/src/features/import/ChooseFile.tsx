import { importKinds, importLimits, type ImportKind } from '@fulqrun/protocol'
import { useRef, useState } from 'react'
import { useMe } from '../../data/workspace.tsx'
import { Button } from '../../ui/Button.tsx'
import { CloudUploadIcon } from '../../ui/icons.ts'
import { Section } from '../../ui/Section.tsx'
import { Select } from '../../ui/Select.tsx'
import { FileProblem, readSheet, type Sheet } from './read-file.ts'

const kindLabels: Readonly<Record<ImportKind, string>> = { contact: 'Contacts', opportunity: 'Opportunities' }

interface Props {
  readonly onChoose: (kind: ImportKind, fileName: string, sheet: Sheet) => void
}

/** The first step: what the file holds, and which one it is. */
export function ChooseFile({ onChoose }: Props) {
  const { role } = useMe()
  const [kind, setKind] = useState<ImportKind>('contact')
  const [problem, setProblem] = useState<string>()
  const input = useRef<HTMLInputElement>(null)
  const read = async (file: File) => {
    setProblem(undefined)
    try {
      onChoose(kind, file.name, readSheet(new Uint8Array(await file.arrayBuffer())))
    } catch (error) {
      // Anything else is a file that the browser may not read, such as one that was moved meanwhile.
      setProblem(
        error instanceof FileProblem ? error.message : 'This file could not be read. Choose it again.',
      )
    }
  }
  return (
    <Section title="Choose a file">
      <div className="flex flex-col items-start gap-4">
        <p className="max-w-[72ch] text-base text-ink-2">
          A CSV file with one {kind} to a row and a heading above, up to{' '}
          {importLimits.maxFileRows.toLocaleString('en-US')} rows. It is read on this device. Nothing is
          written before you have seen what every row does.
        </p>
        <div className="flex flex-wrap items-end gap-3">
          {role === 'admin' && (
            <Select
              label="What the rows are"
              className="w-52"
              choices={importKinds.map((id) => ({ id, label: kindLabels[id] }))}
              value={kind}
              onChange={(id) => {
                const next = importKinds.find((known) => known === id)
                if (next !== undefined) setKind(next)
              }}
            />
          )}
          <Button
            variant="primary"
            icon={<CloudUploadIcon aria-hidden className="size-4" />}
            onPress={() => {
              input.current?.click()
            }}
          >
            {role === 'admin' ? 'Choose a CSV file' : 'Choose a CSV file of contacts'}
          </Button>
        </div>
        <input
          ref={input}
          type="file"
          accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
          aria-label="CSV file"
          className="hidden"
          onChange={({ target }) => {
            const [file] = target.files ?? []
            // Reads what was chosen; its failures are told.
            if (file !== undefined) void read(file)
            // The same file again, mended meanwhile, is another choice.
            target.value = ''
          }}
        />
        {problem !== undefined && (
          <p role="alert" className="text-base text-conflict">
            {problem}
          </p>
        )}
      </div>
    </Section>
  )
}
