import { spokenName } from './hcps.ts'
import type { AnswerBank } from './meddpicc-answers.ts'

/** Answers about people, decisions and papers, which sound alike whatever the product is. */
export const processAnswers: AnswerBank = {
  'economicBuyer.whoApproves': [
    ({ buyer }) =>
      `${spokenName(buyer)}, ${buyer.title.toLowerCase()}, signs. Finance countersigns above 250,000.`,
    ({ buyer, influencer }) =>
      `${spokenName(buyer)} approves after a yes from the committee. ${spokenName(influencer)} prepares the vote.`,
    ({ buyer }) =>
      `${spokenName(buyer)} alone, as long as it fits the drug budget of the year. Above that, the board.`,
  ],
  'economicBuyer.role': [
    ({ buyer }) =>
      `${buyer.title}. Owns the budget line and the readmission target, so both sides of the model land on one desk.`,
    ({ buyer, champion }) =>
      `${buyer.title}. Trusts ${spokenName(champion)} on clinical questions and asks finance for everything else.`,
  ],
  'economicBuyer.budgetAuthority': [
    () =>
      'Up to 500,000 a year within the drug budget. More than that goes to the finance committee, which meets quarterly.',
    ({ buyer }) =>
      `${spokenName(buyer)} may move money between drug and program budgets once a year, in the first month of the fiscal year.`,
    () =>
      'Full authority for a pilot of twelve months. A contract beyond that needs the signature of the chief financial officer.',
  ],
  'decisionCriteria.importance': [
    ({ influencer }) =>
      `${spokenName(influencer)} weighs safety 40, outcome 30, budget 20, handling 10. Anything under 60 points does not get a vote.`,
    () =>
      'Evidence first, budget impact second, workload third. Price alone has not decided a vote in two years.',
    () => 'They rank workload of the nurses as high as the price. Two earlier projects failed on it.',
  ],
  'decisionProcess.steps': [
    ({ champion, influencer }) =>
      `1. Request by ${spokenName(champion)}. 2. Review by ${spokenName(influencer)}. 3. Finance check. 4. Committee vote. 5. Order set goes live.`,
    ({ buyer }) =>
      `Department agrees, pharmacy writes the monograph, committee votes, ${spokenName(buyer)} signs. Four weeks from vote to first order.`,
  ],
  'decisionProcess.stakeholders': [
    ({ champion, influencer, buyer }) =>
      `${spokenName(champion)} (sponsor), ${spokenName(influencer)} (review), ${spokenName(buyer)} (signature), plus nursing, informatics and finance in the committee.`,
    ({ champion, influencer }) =>
      `Nine votes in the committee. ${spokenName(champion)} counts on six, ${spokenName(influencer)} decides two of the others.`,
  ],
  'decisionProcess.timeline': [
    () => 'Committee meets on the second Tuesday of the month, papers are due ten working days before.',
    () =>
      'Vote this quarter, start in the first week of the next one. Only the budget freeze in the last two weeks of the year can stop it.',
    ({ buyer }) =>
      `${spokenName(buyer)} wants it settled before the budget round, which closes in six weeks.`,
  ],
  'paperProcess.documentation': [
    () =>
      'Formulary monograph, budget impact model, data sheet, supply agreement, conflict of interest form of the sponsor.',
    () =>
      'Their contract template, our rebate annex, certificate of insurance. All sent, annex is in review.',
  ],
  'paperProcess.procurement': [
    ({ influencer }) =>
      `Through the group purchasing contract, so no tender. ${spokenName(influencer)} adds the item, purchasing needs five working days.`,
    () => 'Direct contract. Purchasing needs two signatures and a vendor check; the vendor check is done.',
  ],
  'paperProcess.compliance': [
    () =>
      'Transparency reporting for the training hours, data protection annex for the follow-up calls. Both templates are agreed.',
    () =>
      'Their compliance officer reads everything that patients will see. Last leaflet took eight working days.',
  ],
  'champion.identity': [
    ({ champion }) =>
      `${spokenName(champion)}, ${champion.title.toLowerCase()}. Asked for our numbers before we offered them and uses them in team meetings.`,
    ({ champion }) =>
      `${spokenName(champion)}. Lost two patients to readmission last winter and decided to change the process.`,
    ({ champion, buyer }) =>
      `${spokenName(champion)}, ${champion.title.toLowerCase()}. Has the ear of ${spokenName(buyer)} and says openly what will not work.`,
  ],
  'implicatePain.stakeholderImpact': [
    ({ influencer }) =>
      `Nurses spend the time that is missing elsewhere, ${spokenName(influencer)} handles every exception by hand, and finance pays the penalty.`,
    () =>
      'Patients and families first. Then the call center, which gets the questions that nobody answered at discharge.',
    () => 'Nursing turnover on the unit is twice the average; the exit interviews name this work.',
  ],
}
