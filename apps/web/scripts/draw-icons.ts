/**
 * Draws the PNG icons from public/icons/icon.svg with Chromium. Run once after a change of the drawing:
 * `node apps/web/scripts/draw-icons.ts`; the results are committed.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { chromium } from 'playwright-core'

const folder = new URL('../public/icons/', import.meta.url)

interface Icon {
  readonly file: string
  readonly size: number
  /** Fills the square to its corners and keeps the drawing in the inner 80 %, as masks of phones want it. */
  readonly isMaskable: boolean
}

const icons: readonly Icon[] = [
  { file: 'icon-180.png', size: 180, isMaskable: true },
  { file: 'icon-192.png', size: 192, isMaskable: false },
  { file: 'icon-512.png', size: 512, isMaskable: false },
  { file: 'icon-maskable-512.png', size: 512, isMaskable: true },
]

const svg = await readFile(new URL('icon.svg', folder), 'utf8')
const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
})
const page = await browser.newPage()
for (const { file, size, isMaskable } of icons) {
  const drawing = isMaskable
    ? svg.replace('rx="112"', 'rx="0"').replace('<path', '<path transform="translate(51 51) scale(.8)"')
    : svg
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(
    `<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${drawing}`,
  )
  await writeFile(new URL(file, folder), await page.screenshot({ omitBackground: true }))
}
await browser.close()
