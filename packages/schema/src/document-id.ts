import { v7 } from 'uuid'

/** A fresh record or entry id: UUID version 7, so ids sort by the time of their creation. */
export function newDocumentId(): string {
  return v7()
}
