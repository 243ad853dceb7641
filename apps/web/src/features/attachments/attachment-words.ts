/** Files in the words of a person (UX 4.2): where the bytes are, how far they are, what is in the way. */
import type { AttachmentProblem, UploadStatus } from '@fulqrun/sync'

/** `1.4 MB`, `320 KB`. */
export function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`
  return `${(bytes / (1024 * 1024)).toFixed(1)} MB`
}

export interface FileWords {
  readonly tone: 'neutral' | 'attention' | 'conflict'
  readonly text: string
}

/** Where a file of this device is on its way. */
export function uploadWords({ state, sent, size, problem }: UploadStatus): FileWords {
  if (state === 'failed') return { tone: 'conflict', text: `Not sent: ${problemWords(problem)}` }
  if (state === 'sending' && sent > 0)
    return { tone: 'neutral', text: `Sending, ${Math.floor((100 * sent) / size)} %` }
  if (state === 'sending') return { tone: 'neutral', text: 'Sending' }
  return { tone: 'attention', text: 'On this device, waiting to be sent' }
}

/** Why a file cannot be shown now. */
export function missingWords(problem: AttachmentProblem, addedBy: string): FileWords {
  switch (problem) {
    case 'attachment/not-found':
      return { tone: 'attention', text: `Waiting for ${addedBy}\u2019s device` }
    case 'attachment/damaged':
      return { tone: 'conflict', text: 'It came damaged and is not shown; try again' }
    case 'attachment/insecure':
      return { tone: 'conflict', text: problemWords(problem) }
    default:
      return { tone: 'neutral', text: 'Not on this device; it opens when you are online' }
  }
}

/** What is in the way of sending or keeping a file, and what to do about it. */
export function problemWords(problem: AttachmentProblem | undefined): string {
  switch (problem) {
    case 'attachment/quota':
      return 'there is no room for more files at the server. Ask your admin; it is tried again by itself'
    case 'attachment/type':
      return 'files of this type are not taken'
    case 'attachment/too-large':
      return 'it is over 10 MB'
    case 'attachment/damaged':
    case 'attachment/hash-mismatch':
      return 'the copy on this device is damaged. Attach the file again'
    case 'attachment/insecure':
      return 'this page was not opened by HTTPS, and browsers then keep back what is needed to attach files'
    case 'access/role':
      return 'your role reads and does not write'
    case 'auth/other-person':
      return 'somebody else is signed in on this device'
    case 'auth/required':
    case 'auth/revoked':
    case 'auth/token-invalid':
    case 'api/signed-out':
      return 'sign in again and it is sent'
    case 'storage/quota':
      return 'this device has no room for it. Free some and try again; the file is still where you picked it'
    case 'storage/unavailable':
    case 'storage/timeout':
      return 'this browser keeps nothing on this device, so a file could get lost on its way'
    default:
      return 'it could not be kept on this device. Try again'
  }
}

/** `2 files`. */
export function countWords(count: number): string {
  return count === 1 ? '1 file' : `${count} files`
}
