import { spokenName } from './hcps.ts'
import type { AnswerBank } from './meddpicc-answers.ts'

export const oncologyAnswers: AnswerBank = {
  'metrics.currentCost': [
    ({ patients }) =>
      `${Math.round(patients * 0.3)} patients a year start before the biomarker result is there and change treatment later. Each change costs about 9,800 and six chair hours.`,
    () =>
      'Emergency visits for side effects after hours, about four a week, none of them planned or paid in full.',
  ],
  'metrics.expectedRoi': [
    () =>
      'Chair hours pay for it: one visit less per cycle frees 30 hours a month, which they can fill from the waiting list.',
    () =>
      'Finance expects to break even in the second half of the first year, counted in avoided treatment changes.',
  ],
  'metrics.successMetrics': [
    () =>
      'Days from biopsy to treatment from 24 to 14, share of patients with a complete result at the first visit from 40 % to 85 %.',
    () => 'Unplanned visits per 100 cycles from 19 to under 10, measured by the infusion center.',
  ],
  'decisionCriteria.keyCriteria': [
    () => 'Survival data in their patient mix, infusion time, handling in the pharmacy, support after hours.',
    () => 'Strength of evidence by biomarker group, chair time, payer coverage, training for the nurses.',
  ],
  'decisionCriteria.mustHaves': [
    () =>
      'Coverage confirmed by the three largest payers, and stability data for a prepared bag over 24 hours.',
    ({ influencer }) =>
      `A handling protocol that ${spokenName(influencer)} can sign, and a contact who answers at weekends.`,
  ],
  'identifyPain.biggestChallenge': [
    () =>
      'The result comes after the decision. Eleven working days for the test, six days to the first visit.',
    ({ champion }) =>
      `No common protocol. ${spokenName(champion)} presents the same case to three colleagues and gets three plans.`,
    () => 'Infusion chairs are the limit, not the doctors. Every long infusion moves somebody to next week.',
  ],
  'identifyPain.consequences': [
    () => 'Patients go to the city center, ninety minutes away, and their imaging and surgery go with them.',
    () =>
      'Accreditation asks for a written lung protocol at the next visit. Without one the certificate becomes provisional.',
  ],
  'identifyPain.previousAttempts': [
    () =>
      'Sent samples to a second laboratory last year. Faster by a day, but the reports did not arrive in the record.',
    () => 'A Saturday shift in the infusion center, given up after two months for lack of pharmacists.',
  ],
  'implicatePain.fullImpact': [
    () =>
      'Lost cases, idle scanner time and a reputation with referring doctors that takes years to win back.',
    () =>
      'A third of the referrals is decided by waiting time. The center planned its growth on the opposite.',
  ],
  'implicatePain.urgencyCreation': [
    () =>
      'Accreditation visit in four months; the protocol has to be in use for at least one quarter by then.',
    () =>
      'Two payers change their pathway rules at the turn of the year. Who is in before then keeps the simple approval.',
  ],
  'competition.competitors': [
    () => 'Pulmetris is in the old protocol. Tarvecta is being shown to the younger colleagues.',
    () =>
      'Pulmetris, with an offer for the whole oncology range. Habit speaks for it, chair time against it.',
  ],
  'competition.advantages': [
    () => 'Five years of experience and a patient program that the social workers like.',
    () => 'A bundle price over three products. On its own it is not cheaper.',
  ],
  'competition.differentiation': [
    () =>
      'Thirty-minute infusion against ninety, and a testing plan that comes with it. The board gets one package.',
    () => 'Evidence in the group with brain metastases, which is one in six of their patients.',
  ],
}
