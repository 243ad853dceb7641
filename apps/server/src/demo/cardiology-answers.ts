import { spokenName } from './hcps.ts'
import type { AnswerBank } from './meddpicc-answers.ts'

export const cardiologyAnswers: AnswerBank = {
  'metrics.currentCost': [
    ({ patients }) =>
      `${Math.round(patients * 0.21)} readmissions a year at about 14,200 each, plus the penalty. They put it at about ${(Math.round(Math.round(patients * 0.21) * 1.42) * 10_000).toLocaleString('en-US')}.`,
    () =>
      'Eleven bed days a month for patients who come back within thirty days, on a unit that turns elective cases away.',
  ],
  'metrics.expectedRoi': [
    () =>
      'Break-even in nine months if four in ten eligible patients start before discharge. Finance counts saved bed days only.',
    () => 'Two for one over eighteen months, by their own model. They left out the penalty to stay careful.',
  ],
  'metrics.successMetrics': [
    () =>
      'Thirty-day readmissions from 21 % to 16 %, share of patients at target dose after eight weeks from 31 % to 60 %.',
    () => 'Starts before discharge, reported monthly by the pharmacy. Goal is 45 % after one quarter.',
  ],
  'decisionCriteria.keyCriteria': [
    () =>
      'Readmission data in patients over 75, monitoring effort, budget impact per bed, availability of a titration plan.',
    () =>
      'Outcome evidence, blood pressure safety, fit with the discharge order set, rebate without volume threshold.',
  ],
  'decisionCriteria.mustHaves': [
    () => 'An order set that works without a cardiology consult, and a teaching sheet in two languages.',
    () => 'Supply for the satellite pharmacy and no prior authorization for the first thirty days.',
  ],
  'identifyPain.biggestChallenge': [
    ({ champion }) =>
      `One in five patients with heart failure is back within a month. ${spokenName(champion)} says most of them never started the medicine that was planned.`,
    () =>
      'Titration stops at the door: discharged on the starting dose, next visit in five weeks, nobody in between.',
    () =>
      'Every start needs an exception, so residents do not even try. The guideline is on the wall and not in the order set.',
  ],
  'identifyPain.consequences': [
    () =>
      'Penalty for readmissions stays at the maximum for another year, and the new unit opens with the old numbers.',
    ({ hospital }) =>
      `${hospital.short} drops out of the regional heart failure network, which asks for a titration pathway from next year.`,
  ],
  'identifyPain.previousAttempts': [
    () =>
      'A phone line for patients, closed after four months because nobody called. Patients wanted to be called, not to call.',
    () =>
      'Two years ago a reminder in the record system. Doctors clicked it away; there was no order behind it.',
  ],
  'implicatePain.fullImpact': [
    () =>
      'Beds, penalty, overtime and a rating that patients can look up. Together it costs more than the cardiology drug budget.',
    () =>
      'The unit cannot take transfers from the two smaller hospitals, which was the reason to enlarge it.',
  ],
  'implicatePain.urgencyCreation': [
    () =>
      'Measurement period for the penalty starts in eight weeks. What is not in place by then counts for a whole year.',
    () => 'The new discharge lounge opens next quarter; they want the protocol to open with it.',
  ],
  'competition.competitors': [
    () =>
      'Brevacor is on formulary with restrictions, Lunapril is in use at one satellite site. Doing nothing is the strongest.',
    () => 'Generic ARNI on price. Brevacor has a good relationship with the cardiology chief.',
  ],
  'competition.advantages': [
    () => 'Lower list price and ten years of habit. Pharmacists know the interactions by heart.',
    () => 'Brevacor pays for a nurse educator one day a week. We cannot and should not match that.',
  ],
  'competition.differentiation': [
    () =>
      'Titration in two steps instead of four, and data for starting before discharge. Nobody else has them.',
    () =>
      'One tablet strength less to stock, no blood test in week one. The nurses brought that up themselves.',
  ],
}
