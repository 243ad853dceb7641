/**
 * No picture leaves with what the camera wrote into it beside it, such as where it was taken. Photos of today's phones
 * are also larger than anybody looks at them in a record: what is longer than 2,560 px, or over 10 MB, is drawn again,
 * upright, as the camera meant it. A HEIC photo that this browser can read becomes a JPEG, which everybody's can.
 */
import { withoutMetadata } from './picture-metadata.ts'

export const maxPixels = 2560
const quality = 0.85

export interface Picture {
  readonly blob: Blob
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** It was drawn again, so it is not the file that was picked. */
  readonly isRedrawn: boolean
  /** This browser cannot read it: what the camera wrote into it is still there. */
  readonly keepsMetadata?: boolean | undefined
}

/** Containers in which what the camera wrote cannot be told apart here from what the picture needs. */
const alwaysRedrawn = new Set(['image/heic', 'image/heif', 'image/avif'])

/** Width and height with the longer side at most `max`, in whole pixels. */
export function fitWithin(
  width: number,
  height: number,
  max = maxPixels,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, max / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** The picture as it is attached. Only what this browser cannot read at all stays as it was picked. Never rejects. */
export async function shrinkImage(file: Blob, type: string, maxBytes: number): Promise<Picture> {
  const asPicked: Picture = { blob: file, isRedrawn: false }
  // An animation would lose all pictures but one; cameras do not make them.
  if (type === 'image/gif') return asPicked
  const clean = await cleaned(file, type)
  const asTaken: Picture =
    clean === undefined ? { ...asPicked, keepsMetadata: true } : { ...asPicked, blob: clean }
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return asTaken
  }
  try {
    const { width, height } = bitmap
    if (Math.max(width, height) <= maxPixels && file.size <= maxBytes && clean !== undefined)
      return { ...asTaken, width, height }
    const size = fitWithin(width, height)
    const canvas = new OffscreenCanvas(size.width, size.height)
    const context = canvas.getContext('2d')
    if (context === null) return asTaken
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, 0, 0, size.width, size.height)
    return { blob: await encode(canvas, type, maxBytes), ...size, isRedrawn: true }
  } catch {
    return asTaken
  } finally {
    bitmap.close()
  }
}

async function cleaned(file: Blob, type: string): Promise<Blob | undefined> {
  if (alwaysRedrawn.has(type)) return undefined
  // What cannot be read is told when it is to be stored.
  const bytes = await file.arrayBuffer().catch(() => undefined)
  const clean = bytes === undefined ? undefined : withoutMetadata(type, new Uint8Array(bytes))
  return clean === undefined ? undefined : new Blob([clean], { type })
}

/** What may be transparent stays PNG while it fits; everything else is a photo. */
async function encode(canvas: OffscreenCanvas, type: string, maxBytes: number): Promise<Blob> {
  if (type === 'image/png') {
    const png = await canvas.convertToBlob({ type })
    if (png.size <= maxBytes) return png
  }
  return canvas.convertToBlob({ type: 'image/jpeg', quality })
}
