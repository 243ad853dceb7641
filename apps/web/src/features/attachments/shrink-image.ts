/**
 * Photos of today's phones are larger than anybody looks at them in a record. What is longer than 2,560 px, or over
 * 10 MB, is drawn again: upright, as the camera meant it, and without what else the camera wrote into it, such as where
 * the photo was taken. A HEIC photo that this browser can read becomes a JPEG, which everybody's can.
 */
export const maxPixels = 2560
const quality = 0.85

export interface Picture {
  readonly blob: Blob
  readonly width?: number | undefined
  readonly height?: number | undefined
  /** It was drawn again, so it is not the file that was picked. */
  readonly isRedrawn: boolean
}

/** Width and height with the longer side at most `max`, in whole pixels. */
export function fitWithin(
  width: number,
  height: number,
  max = maxPixels,
): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, max / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** The picture as it is attached. What this browser cannot read stays as it was picked. Never rejects. */
export async function shrinkImage(file: Blob, type: string, maxBytes: number): Promise<Picture> {
  const asPicked: Picture = { blob: file, isRedrawn: false }
  // An animation would lose all pictures but one.
  if (type === 'image/gif') return asPicked
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    return asPicked
  }
  try {
    const { width, height } = bitmap
    const isForeign = type === 'image/heic' || type === 'image/heif'
    if (Math.max(width, height) <= maxPixels && file.size <= maxBytes && !isForeign)
      return { ...asPicked, width, height }
    const size = fitWithin(width, height)
    const canvas = new OffscreenCanvas(size.width, size.height)
    const context = canvas.getContext('2d')
    if (context === null) return asPicked
    context.imageSmoothingQuality = 'high'
    context.drawImage(bitmap, 0, 0, size.width, size.height)
    return { blob: await encode(canvas, type, maxBytes), ...size, isRedrawn: true }
  } catch {
    return asPicked
  } finally {
    bitmap.close()
  }
}

/** What may be transparent stays PNG while it fits; everything else is a photo. */
async function encode(canvas: OffscreenCanvas, type: string, maxBytes: number): Promise<Blob> {
  if (type === 'image/png') {
    const png = await canvas.convertToBlob({ type })
    if (png.size <= maxBytes) return png
  }
  return canvas.convertToBlob({ type: 'image/jpeg', quality })
}
