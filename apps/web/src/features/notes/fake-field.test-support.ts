import type { TextField } from './text-binding.ts'

/** A text field without a browser, for tests: it behaves as a `<textarea>` whose value is set by script. */
export class FakeField extends EventTarget implements TextField {
  selectionStart: number | null = 0
  selectionEnd: number | null = 0
  scrollTop = 0
  #value = ''

  get value(): string {
    return this.#value
  }

  set value(value: string) {
    this.#value = value
    // As browsers do: setting the value puts the caret at the end.
    this.selectionStart = value.length
    this.selectionEnd = value.length
  }

  setSelectionRange(start: number, end: number): void {
    this.selectionStart = start
    this.selectionEnd = end
  }

  select(start: number, end: number = start): void {
    this.setSelectionRange(start, end)
  }

  /** Replaces the selection as typing or pasting does, and says so. */
  type(text: string): void {
    this.edit(text)
    this.dispatchEvent(new Event('input'))
  }

  /** The same without an event, as during a composition. */
  edit(text: string): void {
    const start = this.selectionStart ?? 0
    const end = this.selectionEnd ?? start
    this.#value = this.#value.slice(0, start) + text + this.#value.slice(end)
    this.select(start + text.length)
  }
}
