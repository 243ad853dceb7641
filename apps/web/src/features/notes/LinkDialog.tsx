import type { Editor } from '@tiptap/core'
import { type FormEvent, useEffect, useId, useRef, useState } from 'react'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { TextField } from '../../ui/TextField.tsx'
import { parseLinkAddress } from './link-address.ts'

function currentAddress(editor: Editor): string {
  const href: unknown = editor.getAttributes('link')['href']
  return typeof href === 'string' ? href : ''
}

function applyLink(editor: Editor, href: string): void {
  const chain = editor.chain().focus().extendMarkRange('link')
  // With nothing selected the address itself becomes the text.
  if (editor.state.selection.empty && !editor.isActive('link'))
    chain.insertContent({ type: 'text', text: href, marks: [{ type: 'link', attrs: { href } }] }).run()
  else chain.setLink({ href }).run()
}

/** Asks for the address of a link on the selected text. */
export function LinkDialog({ editor, onClose }: { readonly editor: Editor; readonly onClose: () => void }) {
  const [address, setAddress] = useState(() => currentAddress(editor))
  const [error, setError] = useState<string>()
  const formId = useId()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    input.current?.select()
  }, [])
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const href = parseLinkAddress(address)
    if (href === undefined) {
      setError('Type a web, mail or telephone address, like example.com/plan.')
      return
    }
    onClose()
    applyLink(editor, href)
  }
  return (
    <Dialog
      isOpen
      size="sm"
      title="Link"
      onOpenChange={onClose}
      footer={
        <>
          {editor.isActive('link') && (
            <Button
              variant="danger"
              onPress={() => {
                onClose()
                editor.chain().focus().extendMarkRange('link').unsetLink().run()
              }}
            >
              Remove link
            </Button>
          )}
          <Button variant="primary" type="submit" form={formId}>
            Apply
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={submit}>
        <TextField
          label="Address"
          type="text"
          inputMode="url"
          inputRef={input}
          value={address}
          onChange={(value) => {
            setAddress(value)
            setError(undefined)
          }}
          error={error}
          placeholder="example.com/plan"
        />
      </form>
    </Dialog>
  )
}
