import { spokenName } from './hcps.ts'
import type { AnswerBank } from './meddpicc-answers.ts'

export const diabetesAnswers: AnswerBank = {
  'metrics.currentCost': [
    () =>
      'A nurse spends eleven hours a week on prior authorizations; about 31,000 a year that teach nobody anything.',
    ({ patients }) =>
      `Quality bonus missed by four points, 118,000 last year. ${Math.round(patients * 0.35)} patients would have to come under target to get it.`,
  ],
  'metrics.expectedRoi': [
    () => 'The bonus alone pays for the program in the first year. Fewer emergency visits come on top.',
    () =>
      'Three for one over two years, mostly from fewer admissions. Their actuary accepts half of that, which is still enough.',
  ],
  'metrics.successMetrics': [
    () =>
      'Share of patients under target from 52 % to 62 % in twelve months, first refill picked up by 85 %.',
    () => 'Mean value down by one point after six months in the group with readings, drop-outs under 15 %.',
  ],
  'decisionCriteria.keyCriteria': [
    () =>
      'Effect on the quality measure, cost for the patient at the counter, number of visits needed, training effort.',
    () =>
      'Coverage by the two main plans, weekly dosing, teaching material in Spanish, reports for the health plan.',
  ],
  'decisionCriteria.mustHaves': [
    () => 'Less than ten minutes of extra work per start, and a copay under 35 for most patients.',
    () => 'Data protection agreement for the readings, and no new login for the nurses.',
  ],
  'identifyPain.biggestChallenge': [
    () =>
      'One in three never picks up the first prescription. Nobody notices before the next visit, three months later.',
    ({ champion }) =>
      `Prior authorization. ${spokenName(champion)} showed me a folder of refusals that were all reversed on appeal.`,
    () =>
      'Too many patients stay on the old therapy for years because the change needs a visit that nobody has time for.',
  ],
  'identifyPain.consequences': [
    () =>
      'The health plan moves them to the lower tier next year: less per patient and more paperwork for each.',
    () => 'Another year without the bonus, and the educator position is not filled again.',
  ],
  'identifyPain.previousAttempts': [
    () => 'Text reminders to all patients. Refills went up for six weeks and then back to where they were.',
    () =>
      'Group sessions on Saturdays. Well liked, badly attended; the patients who needed them worked on Saturdays.',
  ],
  'implicatePain.fullImpact': [
    () =>
      'Missed bonus, staff who leave and patients who end up in the emergency room with something that was in the record.',
    () => 'Every late start shows up two years later in kidney and eye clinics, paid from the same budget.',
  ],
  'implicatePain.urgencyCreation': [
    () =>
      'Contract with the health plan is negotiated in ten weeks. They need a credible plan on the table by then.',
    () => 'Measurement year has started. Patients who start after the third quarter do not count any more.',
  ],
  'competition.competitors': [
    () =>
      'Insorel through its sales force, Betaxin XR through the pharmacy benefit. Generic basal insulin for the price.',
    () => 'Betaxin XR is preferred at one of their plans. The real competitor is leaving things as they are.',
  ],
  'competition.advantages': [
    () => 'Known by every doctor, samples in every cupboard, tablets instead of a pen.',
    () => 'A simple discount card at the counter. Ours works too but has one step more.',
  ],
  'competition.differentiation': [
    () => 'Once a week, one dose step, and teaching by their own educator instead of a call center.',
    () => 'The starter plan fits into visits that take place anyway. Nobody else could show a schedule.',
  ],
}
