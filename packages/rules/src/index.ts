export { type Admission, admit, checkCreation } from './admission.ts'
export { approvalProblem, type Approver, mayOverrideGates } from './approval.ts'
export { type DecodedUpdate, decodeUpdate } from './decoded-update.ts'
export { explainRule, type Told } from './explain.ts'
export type { AdmissionRequest, Author } from './judgement.ts'
export type { LastEdit } from './last-edit.ts'
export {
  type ApprovalLimits,
  approvalLimitsProblem,
  defaultPolicySettings,
  defaultPolicyTable,
  overrideProblem,
  type Policy,
  policyFor,
  type PolicyOverride,
  type PolicyRow,
  policyRows,
  type PolicySettings,
  type PolicyTable,
  policyTable,
  strategies,
  type Strategy,
  type Writer,
} from './policy.ts'
export {
  findNearDuplicates,
  isNearDuplicate,
  type NearDuplicate,
  nearDuplicateThreshold,
  similarity,
  type TextBlock,
} from './similarity.ts'
export { type Contender, type Outcome, resolveConcurrent } from './strategies.ts'
export {
  type GateCriterion,
  type GateId,
  gateSentence,
  gatesOfMove,
  stageGates,
  strictestCriteria,
  unmetCriteria,
} from './stage-gates.ts'
export { type Inspection, inspectUpdate } from './update-inspection.ts'
export {
  type PretendEdit,
  type EditVerdict,
  whatIf,
  type WhatIfAnswer,
  type WhatIfQuestion,
} from './what-if.ts'
