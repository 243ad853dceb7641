import { expect, test } from 'vitest'
import { expectSame } from './support/same.ts'
import { notes, readNotes, typeNotes } from './support/screens.ts'
import { journeys } from './support/stage.ts'

journeys('two people on one opportunity', (stage) => {
  test('type in the same note at the same time and see names, carets and text of each other', async () => {
    const record = await stage.takeOpportunity()
    const [ana, ben] = await Promise.all([stage.enter('ana'), stage.enter('ben')])
    await Promise.all([ana, ben].map((person) => person.goTo(`${record.address}?tab=notes`)))
    await ana.page.getByRole('button', { name: 'Also here: Ben Okafor' }).waitFor()
    await ben.page.getByRole('button', { name: 'Also here: Ana Castillo' }).waitFor()

    await Promise.all([
      typeNotes(ana.page, 'start', 'Ana: the committee meets on Thursday. '),
      typeNotes(ben.page, 'end', ' Ben: pricing is with the pharmacist.'),
    ])

    await notes(ana.page).getByText('Ben Okafor').waitFor({ state: 'attached' })
    await notes(ben.page).getByText('Ana Castillo').waitFor({ state: 'attached' })
    await expectSame([ana.page, ben.page], readNotes, {
      parts: ['Ana: the committee meets on Thursday. ', ' Ben: pricing is with the pharmacist.'],
      timeout: 30_000,
    })
    expect((await readNotes(ana.page)).startsWith('Ana: ')).toBe(true)

    await ana.page.getByRole('button', { name: 'Also here: Ben Okafor' }).click()
    await ana.page.getByRole('dialog').getByText('Viewing Notes').waitFor()
  })
})
