import type { Editor } from '@tiptap/core'
import { useEditorState } from '@tiptap/react'
import { type ComponentType, type Ref, useState } from 'react'
import { Group, Separator, ToggleButton, Toolbar } from 'react-aria-components'
import { IconButton } from '../../ui/Button.tsx'
import { Tooltip } from '../../ui/Tooltip.tsx'
import { LinkDialog } from './LinkDialog.tsx'
import {
  BoldIcon,
  Heading2Icon,
  Heading3Icon,
  ItalicIcon,
  LinkIcon,
  ListIcon,
  ListOrderedIcon,
  RedoIcon,
  StrikethroughIcon,
  TextQuoteIcon,
  UndoIcon,
} from './toolbar-icons.ts'

interface Format {
  readonly id: string
  readonly label: string
  /** As shown in the tooltip; the editor has them built in. */
  readonly keys?: string | undefined
  readonly Icon: ComponentType<{ className?: string; 'aria-hidden'?: boolean }>
  readonly isActive: (editor: Editor) => boolean
  readonly toggle: (editor: Editor) => void
}

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent)

/** The keys as they are called on this device. */
function shownKeys(keys: string): string {
  return isApple ? keys.replace('Ctrl', '\u2318').replace('Alt', '\u2325').replace('Shift', '\u21E7') : keys
}

const marks: readonly Format[] = [
  {
    id: 'bold',
    label: 'Bold',
    keys: 'Ctrl+B',
    Icon: BoldIcon,
    isActive: (editor) => editor.isActive('bold'),
    toggle: (editor) => editor.chain().focus().toggleBold().run(),
  },
  {
    id: 'italic',
    label: 'Italic',
    keys: 'Ctrl+I',
    Icon: ItalicIcon,
    isActive: (editor) => editor.isActive('italic'),
    toggle: (editor) => editor.chain().focus().toggleItalic().run(),
  },
  {
    id: 'strike',
    label: 'Strikethrough',
    keys: 'Ctrl+Shift+S',
    Icon: StrikethroughIcon,
    isActive: (editor) => editor.isActive('strike'),
    toggle: (editor) => editor.chain().focus().toggleStrike().run(),
  },
]

const blocks: readonly Format[] = [
  {
    id: 'heading',
    label: 'Heading',
    keys: 'Ctrl+Alt+2',
    Icon: Heading2Icon,
    isActive: (editor) => editor.isActive('heading', { level: 2 }),
    toggle: (editor) => editor.chain().focus().toggleHeading({ level: 2 }).run(),
  },
  {
    id: 'subheading',
    label: 'Subheading',
    keys: 'Ctrl+Alt+3',
    Icon: Heading3Icon,
    isActive: (editor) => editor.isActive('heading', { level: 3 }),
    toggle: (editor) => editor.chain().focus().toggleHeading({ level: 3 }).run(),
  },
  {
    id: 'bullets',
    label: 'Bullet list',
    keys: 'Ctrl+Shift+8',
    Icon: ListIcon,
    isActive: (editor) => editor.isActive('bulletList'),
    toggle: (editor) => editor.chain().focus().toggleBulletList().run(),
  },
  {
    id: 'numbers',
    label: 'Numbered list',
    keys: 'Ctrl+Shift+7',
    Icon: ListOrderedIcon,
    isActive: (editor) => editor.isActive('orderedList'),
    toggle: (editor) => editor.chain().focus().toggleOrderedList().run(),
  },
  {
    id: 'quote',
    label: 'Quote',
    Icon: TextQuoteIcon,
    isActive: (editor) => editor.isActive('blockquote'),
    toggle: (editor) => editor.chain().focus().toggleBlockquote().run(),
  },
]

const toggleClass =
  'grid size-8 place-items-center rounded-md text-ink-2 transition-colors duration-120 hover:bg-hover hover:text-ink ' +
  'selected:bg-accent-soft selected:text-accent-ink touch:size-11'

function FormatButton({
  format,
  editor,
  isActive,
}: {
  readonly format: Format
  readonly editor: Editor
  readonly isActive: boolean
}) {
  const { label, keys, Icon, toggle } = format
  return (
    <Tooltip text={keys === undefined ? label : `${label} (${shownKeys(keys)})`} placement="bottom">
      <ToggleButton
        aria-label={label}
        isSelected={isActive}
        onChange={() => {
          toggle(editor)
        }}
        className={toggleClass}
      >
        <Icon aria-hidden className="size-4" />
      </ToggleButton>
    </Tooltip>
  )
}

export interface NotesToolbarProps {
  readonly editor: Editor
  readonly label: string
  readonly toolbarRef: Ref<HTMLDivElement>
}

/** One tab stop; arrow keys move inside. Alt+F10 comes here from the text, as in other editors. */
export function NotesToolbar({ editor, label, toolbarRef }: NotesToolbarProps) {
  const [isLinking, setLinking] = useState(false)
  const active = useEditorState({
    editor,
    selector: ({ editor: current }) => ({
      formats: [...marks, ...blocks].filter((format) => format.isActive(current)).map(({ id }) => id),
      isLink: current.isActive('link'),
      canUndo: current.can().undo(),
      canRedo: current.can().redo(),
    }),
  })
  const buttons = (formats: readonly Format[]) =>
    formats.map((format) => (
      <FormatButton
        key={format.id}
        format={format}
        editor={editor}
        isActive={active.formats.includes(format.id)}
      />
    ))
  return (
    <>
      <Toolbar
        ref={toolbarRef}
        aria-label={`Format ${label.toLowerCase()}`}
        className="thin-scroll flex items-center gap-1 overflow-x-auto overflow-y-hidden border-b border-line px-2 py-1"
      >
        <Group aria-label="Letters" className="flex gap-0.5">
          {buttons(marks)}
          <Tooltip text="Link" placement="bottom">
            <ToggleButton
              aria-label="Link"
              isSelected={active.isLink}
              onChange={() => {
                setLinking(true)
              }}
              className={toggleClass}
            >
              <LinkIcon aria-hidden className="size-4" />
            </ToggleButton>
          </Tooltip>
        </Group>
        <Separator orientation="vertical" className="mx-1 h-5 self-center border-s border-line" />
        <Group aria-label="Paragraphs" className="flex gap-0.5">
          {buttons(blocks)}
        </Group>
        <Separator orientation="vertical" className="mx-1 h-5 self-center border-s border-line" />
        <Group aria-label="Undo" className="flex gap-0.5">
          <IconButton
            label="Undo my last change"
            isDisabled={!active.canUndo}
            onPress={() => {
              editor.chain().focus().undo().run()
            }}
          >
            <UndoIcon aria-hidden className="size-4" />
          </IconButton>
          <IconButton
            label="Redo my last change"
            isDisabled={!active.canRedo}
            onPress={() => {
              editor.chain().focus().redo().run()
            }}
          >
            <RedoIcon aria-hidden className="size-4" />
          </IconButton>
        </Group>
      </Toolbar>
      {isLinking && (
        <LinkDialog
          editor={editor}
          onClose={() => {
            setLinking(false)
          }}
        />
      )}
    </>
  )
}
