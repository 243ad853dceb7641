import './notes.css'
import type { Editor } from '@tiptap/core'
import { Collaboration } from '@tiptap/extension-collaboration'
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret'
import { Placeholder } from '@tiptap/extensions'
import { EditorContent, useEditor } from '@tiptap/react'
import type { OpenDocument } from '@fulqrun/sync'
import { getNotes } from '@fulqrun/schema'
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import type { Awareness } from 'y-protocols/awareness'
import { useDocumentState, useMe } from '../../data/workspace.tsx'
import { Banner } from '../../ui/Banner.tsx'
import { IconButton } from '../../ui/Button.tsx'
import { AlertTriangleIcon, LockIcon, XIcon } from '../../ui/icons.ts'
import { FieldMarks } from '../conflicts/FieldMarks.tsx'
import { peerColor } from '../presence/palette.ts'
import { type Carets, createCarets, renderSelection } from './carets.ts'
import { NotesKit } from './notes-kit.ts'
import { NotesToolbar } from './NotesToolbar.tsx'
import { pasteProblem } from './paste-limit.ts'

export interface NotesEditorProps {
  readonly openDocument: OpenDocument
  /** Accessible name of the text: `Notes on Northline formulary`. */
  readonly label: string
  readonly placeholder?: string | undefined
}

interface EditorPorts {
  readonly label: string
  readonly placeholder: string
  readonly awareness: Awareness
  readonly carets: Carets
  readonly user: { readonly id: string; readonly name: string; readonly color: string }
  readonly openDocument: OpenDocument
  readonly onPasteProblem: (problem: string | undefined) => void
  readonly focusToolbar: () => void
}

function extensions({ openDocument, awareness, carets, user, placeholder }: EditorPorts) {
  return [
    NotesKit.configure({
      // Collaboration brings an undo that takes back one's own changes only (UX T3).
      undoRedo: false,
      // It would add a paragraph to notes that merely were opened: an edit by nobody, once per reader.
      trailingNode: false,
      heading: { levels: [1, 2, 3] },
      link: { openOnClick: false, defaultProtocol: 'https' },
    }),
    Placeholder.configure({ placeholder }),
    Collaboration.configure({ fragment: getNotes(openDocument.doc) }),
    CollaborationCaret.configure({
      provider: { awareness },
      user,
      render: carets.render,
      selectionRender: renderSelection,
    }),
  ]
}

function contentOf(data: DataTransfer | null): { text: string; html: string } {
  return { text: data?.getData('text/plain') ?? '', html: data?.getData('text/html') ?? '' }
}

function editorProps({ label, onPasteProblem, focusToolbar }: EditorPorts) {
  const refuse = (data: DataTransfer | null): boolean => {
    const problem = pasteProblem(contentOf(data))
    onPasteProblem(problem)
    return problem !== undefined
  }
  return {
    // Own attributes replace Tiptap's, which had the role (UX T2).
    attributes: {
      role: 'textbox',
      'aria-multiline': 'true',
      'aria-label': label,
      class: 'notes-prose',
    },
    handlePaste: (_view: unknown, event: ClipboardEvent) => refuse(event.clipboardData),
    handleDrop: (_view: unknown, event: DragEvent) => refuse(event.dataTransfer),
    handleKeyDown: (_view: unknown, event: KeyboardEvent) => {
      if (!event.altKey || event.key !== 'F10') return false
      focusToolbar()
      return true
    },
  }
}

function useNotesEditor(ports: EditorPorts, canWrite: boolean): Editor {
  const editor = useEditor(
    {
      extensions: extensions(ports),
      editorProps: editorProps(ports),
      editable: canWrite,
      // The style tag would violate the content security policy; notes.css has what it says (UX T10).
      injectCSS: false,
      shouldRerenderOnTransaction: false,
    },
    [ports.openDocument.doc],
  )
  useEffect(() => {
    if (editor.isEditable !== canWrite) editor.setEditable(canWrite, false)
  }, [editor, canWrite])
  return editor
}

function focusFirst(toolbar: RefObject<HTMLDivElement | null>): void {
  toolbar.current?.querySelector('button')?.focus()
}

/**
 * Rich notes that several people write at once, with their carets. Works for every kind of document, offline as well;
 * the caller has waited for `openDocument.ready`.
 */
export function NotesEditor({ openDocument, label, placeholder }: NotesEditorProps) {
  const me = useMe()
  const { access } = useDocumentState(openDocument)
  const [problem, setProblem] = useState<string>()
  const toolbar = useRef<HTMLDivElement>(null)
  const surface = useRef<HTMLDivElement>(null)
  const { awareness } = openDocument
  const carets = useMemo(() => createCarets(awareness), [awareness])
  const canWrite = me.canWrite && access === 'write'
  const { id, name } = me.user
  const editor = useNotesEditor(
    {
      label,
      placeholder: placeholder ?? 'Write what everybody should know. Others see it as you type.',
      awareness,
      carets,
      user: { id, name, color: peerColor(id) },
      openDocument,
      onPasteProblem: setProblem,
      focusToolbar: () => {
        focusFirst(toolbar)
      },
    },
    canWrite,
  )
  useEffect(() => (surface.current === null ? undefined : carets.follow(surface.current)), [carets])
  return (
    <div className="rounded-lg border border-line bg-surface focus-within:border-line-strong">
      {canWrite ? (
        <NotesToolbar editor={editor} label={label} toolbarRef={toolbar} />
      ) : (
        <p className="flex items-center gap-1.5 border-b border-line px-4 py-2 text-sm text-pinned">
          <LockIcon aria-hidden className="size-3.5" />
          You can read these notes, not change them.
        </p>
      )}
      {problem !== undefined && (
        <div role="alert" className="p-2">
          <Banner
            tone="conflict"
            icon={<AlertTriangleIcon aria-hidden />}
            action={
              <IconButton
                label="Dismiss"
                size="sm"
                onPress={() => {
                  setProblem(undefined)
                }}
              >
                <XIcon aria-hidden className="size-4" />
              </IconButton>
            }
          >
            {problem}
          </Banner>
        </div>
      )}
      <FieldMarks path="notes" className="border-b border-line py-1 empty:hidden" />
      <div ref={surface}>
        <EditorContent editor={editor} />
      </div>
    </div>
  )
}
