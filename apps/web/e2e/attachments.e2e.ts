import { attachmentEndpoint } from '@fulqrun/protocol'
import { AxeBuilder } from '@axe-core/playwright'
import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { launchProfile } from './support/chromium.ts'
import { type DemoRecord, listRecords, recordOf } from './support/demo-record.ts'
import { outage } from './support/problems.ts'
import { upToDate, waitForChip, waiting } from './support/screens.ts'
import { journeys } from './support/stage.ts'
import { phone, receive, type Visitor } from './support/visitor.ts'

const hashOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/** A picture that a browser draws, so that it is one. */
async function drawPhoto(page: Page, width: number, height: number): Promise<Buffer> {
  const base64 = await page.evaluate(
    ([w, h]) => {
      const canvas = document.createElement('canvas')
      canvas.width = w
      canvas.height = h
      const context = canvas.getContext('2d')
      for (let x = 0; x < w; x += 8) {
        if (context !== null) context.fillStyle = `hsl(${(x * 360) / w} 70% 50%)`
        context?.fillRect(x, 0, 8, h)
      }
      return canvas.toDataURL('image/jpeg').split(',')[1] ?? ''
    },
    [width, height] as const,
  )
  return Buffer.from(base64, 'base64')
}

const report = Buffer.from(`%PDF-1.4\n${'budget impact '.repeat(40_000)}\n%%EOF`)

async function openFiles(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^Details of / })
    .first()
    .click()
  await page.getByRole('group', { name: /^Files of / }).waitFor()
}

async function attach(page: Page, name: string, mimeType: string, buffer: Buffer): Promise<void> {
  const chosen = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: /^Attach a file to / }).click()
  await (await chosen).setFiles({ name, mimeType, buffer })
  await page.getByRole('button', { name: `Open ${name}` }).waitFor()
}

/** What somebody gets who presses Download. */
async function download(page: Page, name: string): Promise<Buffer> {
  await page.getByRole('button', { name: `Open ${name}` }).click()
  const started = page.waitForEvent('download')
  await page.getByRole('dialog').getByRole('link', { name: 'Download' }).click()
  const file = await started
  expect(file.suggestedFilename()).toBe(name)
  const bytes = await readFile(await file.path())
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
  return bytes
}

async function goToActivities(visitor: Visitor, record: DemoRecord): Promise<void> {
  await visitor.goTo(`${record.address}?tab=activities`)
  await openFiles(visitor.page)
}

const isWaiting = 'On this device, waiting to be sent'

/** The entry came before the bytes: asking for them is answered 404, which browsers print. */
const notThereYet = /status of 404 .*\/api\/attachments\//

journeys('photos and documents', (stage) => {
  /** Which of these the server hands out for a record, as they were attached. */
  async function onServer({ name }: DemoRecord, files: readonly Buffer[]): Promise<boolean[]> {
    const mia = await stage.api('mia')
    return Promise.all(
      files.map(async (file) => {
        const answer = await mia.api('GET', attachmentEndpoint(hashOf(file), name))
        return answer.ok && hashOf(Buffer.from(await answer.arrayBuffer())) === hashOf(file)
      }),
    )
  }

  test('[BLOB-11] attached offline, they survive a restart of the browser, and a colleague downloads the same bytes', async () => {
    const record = await stage.takeOpportunity()
    const folder = await mkdtemp(path.join(tmpdir(), 'fulqrun-profile-'))
    try {
      const first = await launchProfile(folder)
      const ana = await receive(first, stage.server, { allow: outage })
      await ana.signIn('ana')
      await goToActivities(ana, record)
      const photo = await drawPhoto(ana.page, 640, 480)
      await first.setOffline(true)
      await attach(ana.page, 'ward.jpg', 'image/jpeg', photo)
      await attach(ana.page, 'report.pdf', 'application/pdf', report)
      await expect.poll(() => ana.page.getByText(isWaiting).count()).toBe(2)
      await waitForChip(ana.page, waiting)
      expect(await onServer(record, [photo, report])).toEqual([false, false])
      await first.close()

      // The browser starts again where there is no network either: the server is gone for it.
      await stage.server.kill()
      const again = await launchProfile(folder)
      const cold = await receive(again, stage.server, { allow: outage })
      await goToActivities(cold, record)
      await expect.poll(() => cold.page.getByText(isWaiting).count()).toBe(2)
      expect(hashOf(await download(cold.page, 'ward.jpg'))).toBe(hashOf(photo))

      await stage.server.restart()
      await waitForChip(cold.page, upToDate)
      await expect.poll(() => cold.page.getByText(isWaiting).count()).toBe(0)
      expect(await onServer(record, [photo, report])).toEqual([true, true])

      const ben = await stage.enter('ben')
      await goToActivities(ben, record)
      expect(hashOf(await download(ben.page, 'ward.jpg'))).toBe(hashOf(photo))
      expect(hashOf(await download(ben.page, 'report.pdf'))).toBe(hashOf(report))
      await again.close()
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('[SCH-40] a colleague who sees the entry first waits for the bytes; a removed file comes back by one press', async () => {
    const record = await stage.takeOpportunity()
    const [ana, ben] = await Promise.all([stage.enter('ana'), stage.enter('ben')])
    for (const { problems } of [ana, ben]) {
      problems.allow(outage)
      problems.allow(notThereYet)
    }
    await Promise.all([goToActivities(ana, record), goToActivities(ben, record)])
    const photo = await drawPhoto(ana.page, 320, 240)
    // The way of the bytes is closed, that of the record is not.
    await ana.context.route('**/api/attachments**', (route) => route.abort())
    await attach(ana.page, 'shelf.jpg', 'image/jpeg', photo)
    await ben.page.getByText(/^Waiting for Ana .*device$/).waitFor()
    await ana.page.getByRole('button', { name: 'Try now to send shelf.jpg' }).waitFor()
    await ana.context.unroute('**/api/attachments**')
    // It is tried again by itself; the network being back is a reason to do it now.
    await ana.page.evaluate(() => dispatchEvent(new Event('online')))
    await waitForChip(ana.page, upToDate)
    await ben.page.getByText(/^Waiting for Ana/).waitFor({ state: 'detached' })
    expect(hashOf(await download(ben.page, 'shelf.jpg'))).toBe(hashOf(photo))
    // Looked at once, it is on Ben's device.
    await ben.context.setOffline(true)
    expect(hashOf(await download(ben.page, 'shelf.jpg'))).toBe(hashOf(photo))
    await ben.context.setOffline(false)

    await ana.page.getByRole('button', { name: 'Remove shelf.jpg' }).click()
    await ben.page.getByRole('button', { name: 'Open shelf.jpg' }).waitFor({ state: 'detached' })
    await ana.page.getByRole('button', { name: 'Undo' }).click()
    await ben.page.getByRole('button', { name: 'Open shelf.jpg' }).waitFor()
    await ana.goTo(`${record.address}?tab=history`)
    await ana.page.getByText('Attached shelf.jpg').first().waitFor()
  })

  test('[SCH-41] dropped, pasted and large files; what is not taken says why; the screen passes axe', async () => {
    const record = await stage.takeOpportunity()
    const ana = await stage.enter('ana')
    await goToActivities(ana, record)
    const { page } = ana
    const hand = (kind: 'drop' | 'paste', name: string, type: string, bytes: Buffer) =>
      page.evaluate(
        (file) => {
          const data = new DataTransfer()
          const content = Uint8Array.from(atob(file.base64), (character) => character.charCodeAt(0))
          data.items.add(new File([content], file.name, { type: file.type }))
          const area = document.querySelector('[data-attachment-area]')
          const options = { bubbles: true, cancelable: true }
          if (file.kind === 'drop')
            area?.dispatchEvent(new DragEvent('drop', { ...options, dataTransfer: data }))
          else document.body.dispatchEvent(new ClipboardEvent('paste', { ...options, clipboardData: data }))
        },
        { kind, name, type, base64: bytes.toString('base64') },
      )
    await hand('drop', 'camera.jpg', 'image/jpeg', await drawPhoto(page, 4000, 3000))
    await page.getByRole('button', { name: 'Open camera.jpg' }).waitFor()
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    })
    await hand('paste', 'screen.jpg', 'image/jpeg', await drawPhoto(page, 300, 200))
    await page.getByRole('button', { name: 'Open screen.jpg' }).waitFor()
    await hand('drop', 'page.html', 'text/html', Buffer.from('<script>alert(1)</script>'))
    await page
      .getByRole('alert')
      .getByText(/^page\.html: pictures, PDF, office documents and text/)
      .waitFor()
    await waitForChip(page, upToDate)

    await page.getByRole('button', { name: 'Open camera.jpg' }).click()
    const picture = page.getByRole('dialog').getByRole('img', { name: 'camera.jpg' })
    await picture.waitFor()
    const size = await picture.evaluate((image) =>
      image instanceof HTMLImageElement ? [image.naturalWidth, image.naturalHeight] : [],
    )
    expect(size).toEqual([2560, 1920])
    const inDialog = await new AxeBuilder({ page }).setLegacyMode().include('[role=dialog]').analyze()
    expect(inDialog.violations).toEqual([])
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click()
    const onPage = await new AxeBuilder({ page }).setLegacyMode().include('[data-attachment-area]').analyze()
    expect(onPage.violations).toEqual([])
  })

  test('[SCH-40] on a phone a photo is taken for an activity of a contact', async () => {
    const ana = await stage.enter('ana', phone)
    const contact = (await listRecords(await stage.api('ana'))).find(({ kind }) => kind === 'contact')
    if (contact === undefined) throw new Error('the demo data has no contact')
    await ana.goTo(`${recordOf(contact).address}?tab=activities`)
    await ana.page
      .getByRole('button', { name: /^Files of / })
      .first()
      .tap()
    const chosen = ana.page.waitForEvent('filechooser')
    await ana.page.getByRole('button', { name: /^Take a photo for / }).tap()
    const chooser = await chosen
    expect(await chooser.element().getAttribute('capture')).toBe('environment')
    await chooser.setFiles({
      name: 'IMG_0001.jpg',
      mimeType: 'image/jpeg',
      buffer: await drawPhoto(ana.page, 800, 600),
    })
    await ana.page.getByRole('button', { name: 'Open IMG_0001.jpg' }).waitFor()
    await waitForChip(ana.page, upToDate)
    await ana.page.getByText('1 file').first().waitFor()
  })
})
