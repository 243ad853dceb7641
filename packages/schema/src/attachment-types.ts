interface FileType {
  readonly type: string
  readonly extensions: readonly string[]
  /** `image` and `pdf` may be shown by a browser; everything else is only ever downloaded. */
  readonly shows?: 'image' | 'pdf' | undefined
}

const office = 'application/vnd.openxmlformats-officedocument'

/** What may be attached. No type is in here that a browser would run (SVG, HTML). */
export const attachmentTypes: readonly FileType[] = [
  { type: 'image/jpeg', extensions: ['jpg', 'jpeg'], shows: 'image' },
  { type: 'image/png', extensions: ['png'], shows: 'image' },
  { type: 'image/gif', extensions: ['gif'], shows: 'image' },
  { type: 'image/webp', extensions: ['webp'], shows: 'image' },
  { type: 'image/avif', extensions: ['avif'], shows: 'image' },
  { type: 'image/heic', extensions: ['heic'] },
  { type: 'image/heif', extensions: ['heif'] },
  { type: 'application/pdf', extensions: ['pdf'], shows: 'pdf' },
  { type: `${office}.wordprocessingml.document`, extensions: ['docx'] },
  { type: `${office}.spreadsheetml.sheet`, extensions: ['xlsx'] },
  { type: `${office}.presentationml.presentation`, extensions: ['pptx'] },
  { type: 'application/msword', extensions: ['doc'] },
  { type: 'application/vnd.ms-excel', extensions: ['xls'] },
  { type: 'application/vnd.ms-powerpoint', extensions: ['ppt'] },
  { type: 'application/vnd.oasis.opendocument.text', extensions: ['odt'] },
  { type: 'application/vnd.oasis.opendocument.spreadsheet', extensions: ['ods'] },
  { type: 'application/vnd.oasis.opendocument.presentation', extensions: ['odp'] },
  { type: 'application/rtf', extensions: ['rtf'] },
  { type: 'text/plain', extensions: ['txt', 'log'] },
  { type: 'text/csv', extensions: ['csv'] },
  { type: 'text/markdown', extensions: ['md'] },
]

const byType = new Map(attachmentTypes.map((entry) => [entry.type, entry]))

/** Whether a file of this type may be attached. */
export function isAttachmentType(type: string): boolean {
  return byType.has(type)
}

/** What a browser may show of the type; undefined for what is only downloaded. */
export function shownAs(type: string): 'image' | 'pdf' | undefined {
  return byType.get(type)?.shows
}

/** The type of a picked file: what the device says, or by its name where it says nothing. Undefined: not allowed. */
export function typeOfFile({
  name,
  type,
}: {
  readonly name: string
  readonly type: string
}): string | undefined {
  const plain = type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  if (isAttachmentType(plain)) return plain
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : ''
  // Devices name office and text files in many ways, or not at all; a known extension counts for more than that.
  return attachmentTypes.find(({ extensions }) => extensions.includes(extension))?.type
}
