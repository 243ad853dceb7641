export * from './activity-spec.ts'
export * from './attachment-spec.ts'
export * from './attachment-types.ts'
export * from './attention.ts'
export { type Cell, type CellStyle, needsDateOrder, needsDecimalSign, parseCell } from './cell-text.ts'
export * from './commands.ts'
export * from './consent.ts'
export {
  conflictStatuses,
  type Candidate,
  type Conflict,
  type ConflictDecision,
  type ConflictStatus,
  isNews,
  losersOf,
  type StoredConflict,
} from './conflict.ts'
export * from './contact-spec.ts'
export { type Decision, parseDecision, type StoredDecision } from './decision.ts'
export * from './decision-commands.ts'
export * from './document-id.ts'
export * from './field-spec.ts'
export * from './import-columns.ts'
export * from './kinds.ts'
export * from './kpi-definitions.ts'
export * from './kpi-spec.ts'
export * from './licences.ts'
export * from './meddpicc-questions.ts'
export * from './meddpicc-score.ts'
export * from './migrate.ts'
export * from './npi.ts'
export * from './opportunity-spec.ts'
export * from './origins.ts'
export * from './path.ts'
export * from './plain-json.ts'
export { proposalStatuses, type Proposal, type ProposalStatus, type StoredProposal } from './proposal.ts'
export * from './read.ts'
export * from './risk.ts'
export * from './sample-spec.ts'
export * from './schema-issue.ts'
export * from './server-commands.ts'
export * from './summary.ts'
export * from './text-edits.ts'
export { checkValue, fieldProblem, isCalendarDate, isCleared } from './validation.ts'
export * from './views.ts'
