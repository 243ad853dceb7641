import type { MeddpiccPillarId } from '@fulqrun/schema'
import type { Deal } from './deal.ts'
import { spokenName } from './hcps.ts'

const evidence: Readonly<Record<MeddpiccPillarId, readonly ((deal: Deal) => string)[]>> = {
  metrics: [
    ({ influencer }) => `Budget model, filled in by ${spokenName(influencer)} in our workshop.`,
    ({ hospital }) => `Quality report of ${hospital.short}, page 14, and their own pharmacy export.`,
  ],
  economicBuyer: [
    ({ buyer }) => `Email from the office of ${spokenName(buyer)} with the signing limits attached.`,
    ({ champion, buyer }) =>
      `${spokenName(champion)} on the phone, confirmed by ${spokenName(buyer)} in the meeting.`,
  ],
  decisionCriteria: [
    ({ influencer }) => `List of criteria, sent by ${spokenName(influencer)} after the meeting.`,
    () => 'Request form of the committee, section 3, with their weights.',
  ],
  decisionProcess: [
    () => 'Committee calendar and bylaws from the intranet, printed for us.',
    ({ influencer }) => `Minutes of the last meeting; ${spokenName(influencer)} marked who votes.`,
  ],
  paperProcess: [
    () => 'Checklist from purchasing, with names and working days for each step.',
    ({ hospital }) => `Contract template of ${hospital.short} with comments from both legal teams.`,
  ],
  identifyPain: [
    ({ champion }) => `First call and follow-up email from ${spokenName(champion)}.`,
    ({ champion }) => `Ward visit with ${spokenName(champion)}; figures from their own dashboard.`,
  ],
  implicatePain: [
    ({ buyer }) => `${spokenName(buyer)} said so in front of finance; in the minutes.`,
    () => 'Board presentation, slide 6, shared with us after the meeting.',
  ],
  champion: [
    ({ champion }) => `${spokenName(champion)} presented our page to the department without us.`,
    ({ champion, buyer }) =>
      `${spokenName(champion)} arranged the meeting with ${spokenName(buyer)} and stayed for all of it.`,
  ],
  competition: [
    ({ influencer }) => `${spokenName(influencer)} showed us the comparison table they made.`,
    () => 'Named in the tender questions; answers are public.',
  ],
}

export function evidenceFor(deal: Deal, pillar: MeddpiccPillarId): string {
  return deal.random.pick(evidence[pillar])(deal)
}
