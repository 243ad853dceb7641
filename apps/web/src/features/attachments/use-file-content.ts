import type { Attachment } from '@fulqrun/schema'
import { shownAs } from '@fulqrun/schema'
import { AttachmentFailure, type AttachmentProblem, type Attachments } from '@fulqrun/sync'
import { useEffect, useState } from 'react'
import { useRecordScope } from '../../fields/record-scope.tsx'

export type FileContent =
  | { readonly state: 'loading' }
  /** An address within this page, good while the component is there. */
  | { readonly state: 'ready'; readonly address: string }
  | { readonly state: 'missing'; readonly problem: AttachmentProblem }

/** A colleague's device may send what is missing at any time. */
const askAgainMs = 10_000

/** The bytes of a file while a component shows it; `isWanted` false fetches nothing. */
export function useFileContent(
  attachments: Attachments | undefined,
  { hash, type }: Pick<Attachment, 'hash' | 'type'>,
  isWanted = true,
): FileContent {
  const { open } = useRecordScope()
  const [content, setContent] = useState<FileContent>({ state: 'loading' })
  const document = open.name
  useEffect(() => {
    if (attachments === undefined || hash === undefined || !isWanted) return undefined
    let address: string | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let isGone = false
    const load = () => {
      clearTimeout(timer)
      attachments.read({ document, hash, type }).then(
        (bytes) => {
          if (isGone) return
          address = URL.createObjectURL(new Blob([bytes], { type: safeType(type) }))
          setContent({ state: 'ready', address })
        },
        (error: unknown) => {
          if (isGone) return
          const problem = error instanceof AttachmentFailure ? error.code : 'storage/failed'
          setContent({ state: 'missing', problem })
          timer = setTimeout(load, askAgainMs)
        },
      )
    }
    load()
    globalThis.addEventListener('online', load)
    return () => {
      isGone = true
      clearTimeout(timer)
      globalThis.removeEventListener('online', load)
      if (address !== undefined) URL.revokeObjectURL(address)
    }
  }, [attachments, document, hash, type, isWanted])
  return content
}

/** An address within this page has its rights: only what a browser merely shows keeps its type. */
function safeType(type: string): string {
  return shownAs(type) === undefined ? 'application/octet-stream' : type
}
