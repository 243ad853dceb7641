import { describe, expect, test } from 'vitest'
import { buildCard, cardKindOf, choiceOfKey, listNames, shortName } from './card.ts'
import {
  bannerWords,
  chosenWords,
  markWords,
  replacedBannerWords,
  replacedSentence,
  replacedWords,
  settledWords,
  whyWords,
} from './conflict-words.ts'
import {
  ana,
  ben,
  mia,
  nameOf,
  openConflict,
  removedConflict,
  replacedConflict,
} from './fixtures.test-support.ts'

const at = (userId: string) => ({ userId, nameOf, now: 40 * 60_000 })

describe('a decision card', () => {
  test('has this person first, then the others, and says which one stands', () => {
    const card = buildCard(openConflict, at(ben))
    expect(card).toMatchObject({ kind: 'field', isParty: true, canEdit: true, canKeepBoth: false })
    expect(card.headline).toBe('You and Ana Castillo wrote different values')
    expect(card.columns.map(({ title, choice, stands }) => [title, choice, stands])).toEqual([
      ['Yours', 'Keep mine', false],
      ["Ana Castillo's", "Keep Ana's", true],
    ])
  })

  test('says that a value waited on a device', () => {
    const [bens, anas] = buildCard(openConflict, at(ben)).columns
    expect(bens?.when).toMatch(/^\d\d:\d\d, offline, received \d\d:\d\d$/)
    expect(anas?.when).toMatch(/^\d\d:\d\d$/)
  })

  test('is for somebody else to decide as well', () => {
    const card = buildCard(openConflict, at(mia))
    expect(card.isParty).toBe(false)
    expect(card.headline).toBe('Ana Castillo and Ben Okafor wrote different values')
    expect(card.columns.map(({ choice }) => choice)).toEqual(["Keep Ana's", "Keep Ben's"])
  })

  test('has as many columns as there are values, two of one person told apart by time', () => {
    const third = { id: '3', value: '2027-01-01', author: ben, editedAt: 6 * 60_000, receivedAt: 6 * 60_000 }
    const unknown = { id: '4', value: '2027-02-01', editedAt: 1, receivedAt: 1 }
    const card = buildCard(
      { ...openConflict, candidates: [...openConflict.candidates, third, unknown] },
      at(ana),
    )
    expect(card.columns.map(({ title }) => title)).toEqual([
      'Yours',
      expect.stringMatching(/^Ben Okafor's, \d\d:05$/),
      expect.stringMatching(/^Ben Okafor's, \d\d:06$/),
      "Somebody's",
    ])
    expect(card.headline).toBe('You, Ben Okafor and somebody wrote different values')
  })

  test('of an entry that one removed and another edited brings it back or removes it', () => {
    const card = buildCard(removedConflict, at(ana))
    expect(card.headline).toBe('Ben Okafor removed this while you edited it')
    expect(card.columns.map(({ choice }) => choice)).toEqual(['Restore with your edits', 'Remove'])
    expect(card.canEdit).toBe(false)
    const bens = buildCard(removedConflict, at(ben))
    expect(bens.headline).toBe('You removed this while Ana Castillo edited it')
    expect(bens.columns.map(({ choice }) => choice)).toEqual(['Remove', "Restore with Ana's edits"])
  })

  test('of words written twice can keep both', () => {
    const card = buildCard({ ...openConflict, path: 'notes' }, at(ana))
    expect(card.headline).toBe('You and Ben Okafor wrote nearly the same')
    expect(choiceOfKey(card, 3)).toBe('both')
    expect(choiceOfKey(card, 4)).toBeUndefined()
  })

  test('takes a digit for a column', () => {
    const card = buildCard(openConflict, at(ana))
    expect(choiceOfKey(card, 1)).toBe(card.columns[0])
    expect(choiceOfKey(card, 2)).toBe(card.columns[1])
    expect(choiceOfKey(card, 3)).toBeUndefined()
  })

  test('knows what it is about from the path', () => {
    const paths = ['fields.phone', 'activities.a1', 'activities.a1.status', 'text:description', 'notes']
    expect(paths.map(cardKindOf)).toEqual(['field', 'entry', 'field', 'text', 'text'])
  })
})

describe('words', () => {
  test('name people', () => {
    expect(listNames([])).toBe('somebody')
    expect(listNames(['you', 'Ben', 'Mia'])).toBe('you, Ben and Mia')
    expect(shortName('Ben Okafor', ['Ben Okafor', 'Ana Castillo'])).toBe('Ben')
    expect(shortName('Ben Okafor', ['Ben Okafor', 'Ben Weiss'])).toBe('Ben Okafor')
  })

  test('say what stands in place of a value', () => {
    const facts = { rule: 'RES-2', winner: 'Ben Okafor', yours: '555-0101' }
    expect(replacedWords(facts)).toBe("Ben Okafor's later edit stands; yours was 555-0101")
    expect(replacedWords({ ...facts, rule: 'RES-3', decidedBy: 'Mia Lindqvist' })).toBe(
      'Mia Lindqvist decided; yours was 555-0101',
    )
    expect(replacedWords({ ...facts, rule: 'X-1', winner: undefined })).toBe(
      'The other value stands; yours was 555-0101',
    )
  })

  test('at a field say who wrote what else', () => {
    expect(markWords(openConflict, at(ana), String)).toBe('Ben Okafor wrote 2026-12-15')
    expect(markWords(openConflict, at(ben), String)).toBe('You wrote 2026-12-15')
    const third = { id: '3', value: '2027-01-01', author: mia, editedAt: 1, receivedAt: 1 }
    const three = { ...openConflict, candidates: [...openConflict.candidates, third] }
    expect(markWords(three, at(ana), String)).toBe('3 different values')
    expect(markWords(removedConflict, at(ana), String)).toBe('Ben Okafor removed this while you edited it')
    expect(replacedSentence(replacedConflict, at(ana), String)).toBe(
      "Ben Okafor's later edit stands; yours was 555-0101",
    )
    const decided = { ...replacedConflict, decision: { by: mia, at: 1, candidate: '2' } }
    expect(replacedSentence(decided, at(ana), String)).toBe('Mia Lindqvist decided; yours was 555-0101')
  })

  test('of the banner say who and how many', () => {
    expect(bannerWords([openConflict], at(ben), ({ path }) => path)).toBe(
      '1 field changed by Ana Castillo while you were away',
    )
    expect(
      bannerWords([openConflict, { ...openConflict, path: 'fields.name' }], at(ben), ({ path }) => path),
    ).toBe('2 fields changed by Ana Castillo while you were away')
    expect(bannerWords([openConflict], at(ana), ({ path }) => path)).toBe(
      '1 field changed by you and by Ben Okafor apart from each other',
    )
    expect(bannerWords([openConflict], at(mia), ({ path }) => path)).toBe(
      '1 field changed by Ana Castillo and Ben Okafor apart from each other',
    )
    expect(bannerWords([removedConflict], at(ana), () => 'Activity')).toBe(
      'Activity: Ben Okafor removed this while you edited it',
    )
    expect(bannerWords([openConflict, removedConflict], at(ben), ({ path }) => path)).toBe(
      '2 things changed by Ana Castillo while you were away',
    )
    expect(replacedBannerWords(['Phone'])).toBe('Your value of "Phone" was replaced')
    expect(replacedBannerWords(['Phone', 'City'])).toBe('2 of your values were replaced')
  })

  test('say why: by the rule, or because a person chose', () => {
    const facts = { label: 'Phone', stands: '555-0199', context: at(ana) }
    expect(whyWords(replacedConflict, { type: 'settled' }, facts)).toContain('555-0199 stays')
    expect(whyWords(openConflict, { type: 'open' }, facts)).toContain('until somebody chooses')
    const decided = { type: 'decided', by: mia, at: 1 } as const
    expect(whyWords(openConflict, decided, facts)).toContain('Mia Lindqvist chose what stands')
    expect(whyWords(openConflict, { ...decided, by: ana }, facts)).toContain('you chose what stands')
  })

  test('say what was chosen and who settled it', () => {
    const [mine, theirs] = buildCard(openConflict, at(ana)).columns
    if (mine === undefined || theirs === undefined) throw new Error('two columns')
    expect(chosenWords('Close date', mine, 'Nov 30, 2026')).toBe('Close date: kept yours, Nov 30, 2026')
    expect(chosenWords('Close date', theirs, '')).toBe("Close date: kept Ben Okafor's")
    const [restore, remove] = buildCard(removedConflict, at(ana)).columns
    if (restore === undefined || remove === undefined) throw new Error('two columns')
    expect(chosenWords('Activity', restore, 'x')).toBe('Activity: restored')
    expect(chosenWords('Activity', remove, 'x')).toBe('Activity: removed')
    expect(settledWords({ type: 'settled' }, at(ana))).toBe('Settled by the rule')
    expect(settledWords({ type: 'decided', by: ana, at: 0 }, at(ana))).toMatch(/^Decided by you, /)
  })
})
