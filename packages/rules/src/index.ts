export { type Admission, type AdmissionRequest, type Author, admit, checkCreation } from './admission.ts'
export { type Policy, policyFor, strategies, type Strategy, type Writer } from './policy.ts'
