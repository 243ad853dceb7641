export { type Admission, type AdmissionRequest, type Author, admit, checkCreation } from './admission.ts'
export { type Policy, policyFor, strategies, type Strategy, type Writer } from './policy.ts'
export { type Inspection, inspectUpdate } from './update-inspection.ts'
