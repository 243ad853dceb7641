import { limits } from '@fulqrun/protocol'
import { typeOfFile } from '@fulqrun/schema'
import { type Picture, shrinkImage } from './shrink-image.ts'

export interface PreparedFile {
  readonly name: string
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly isRedrawn: boolean
}

export type Prepared =
  /** `note`: what its person is to know about it, as a sentence. */
  { readonly file: PreparedFile; readonly note?: string | undefined } | { readonly refusal: string }

/** Names are shown and searched; longer ones help nobody. */
const maxName = 200

/** Makes a picked file ready to be attached, or says why it is not. Never rejects. */
export async function prepareFile(picked: File, shrink: typeof shrinkImage = shrinkImage): Promise<Prepared> {
  const name = picked.name === '' ? 'file' : picked.name
  const type = typeOfFile({ name, type: picked.type })
  if (type === undefined)
    return { refusal: `${name}: pictures, PDF, office documents and text can be attached, not this type` }
  if (picked.size === 0) return { refusal: `${name} is empty` }
  const picture: Picture = type.startsWith('image/')
    ? await shrink(picked, type, limits.maxAttachmentBytes)
    : { blob: picked, isRedrawn: false }
  if (picture.blob.size > limits.maxAttachmentBytes) return { refusal: `${name} is over 10 MB` }
  const finalType = picture.isRedrawn ? picture.blob.type : type
  let bytes: Uint8Array<ArrayBuffer>
  try {
    bytes = new Uint8Array(await picture.blob.arrayBuffer())
  } catch {
    return { refusal: `${name} could not be read; pick it again` }
  }
  const { width, height, isRedrawn, keepsMetadata = false } = picture
  const file = { name: nameFor(name, type, finalType), type: finalType, bytes, width, height, isRedrawn }
  return keepsMetadata ? { file, note: keptNote(name, type) } : { file }
}

function keptNote(name: string, type: string): string {
  const stays = `${name} is attached as it is: this browser cannot read it, so what the camera wrote into it, such as where it was taken, stays in it`
  return type === 'image/heic' || type === 'image/heif'
    ? `${stays}, and colleagues whose browser cannot show HEIC download it instead. As a JPEG it is shown to everybody, without the place`
    : stays
}

const extensions: Readonly<Record<string, string>> = { 'image/jpeg': 'jpg', 'image/png': 'png' }

/** A photo that became a JPEG is called one. */
function nameFor(name: string, type: string, finalType: string): string {
  const extension = extensions[finalType]
  const stem = name.replace(/\.[^.]*$/, '')
  const full = type === finalType || extension === undefined ? name : `${stem}.${extension}`
  if (full.length <= maxName) return full
  const end = full.slice(full.lastIndexOf('.')).slice(0, 10)
  return `${full.slice(0, maxName - end.length)}${end}`
}
