import { isNpi } from '@fulqrun/schema'
import { type Hospital, hospitals } from './hospitals.ts'
import { personName } from './names.ts'
import type { ProductId } from './products.ts'
import { type Random, randomFor } from './random.ts'

type Focus = ProductId

/** The part that somebody plays at a hospital; every hospital has one of each. */
export type HcpPart = 'specialist' | 'colleague' | 'pharmacy' | 'leader' | 'nurse'

/** Somebody whom the field force knows, before their record is written. */
export interface Hcp {
  readonly key: string
  readonly hospital: Hospital
  readonly focus: Focus
  readonly part: HcpPart
  readonly firstName: string
  readonly lastName: string
  readonly credentials: string
  readonly title: string
  readonly department: string
  readonly specialty: string
  readonly hcpType: 'physician' | 'nurse_practitioner' | 'physician_assistant' | 'pharmacist' | 'nurse'
  readonly npi: string
}

interface Post {
  readonly credentials: string
  readonly title: string
  readonly department: string
  readonly specialty: string
  readonly hcpType: Hcp['hcpType']
}

const posts: Readonly<Record<Focus, Readonly<Record<HcpPart, readonly Post[]>>>> = {
  cardavel: {
    specialist: [
      post('MD', 'Director of the heart failure program', 'Cardiology', 'Heart failure', 'physician'),
      post('MD, FACC', 'Chief of cardiology', 'Cardiology', 'Cardiology', 'physician'),
    ],
    colleague: [
      post('DO', 'Hospitalist', 'Hospital medicine', 'Hospital medicine', 'physician'),
      post('MD', 'Attending cardiologist', 'Cardiology', 'Cardiology', 'physician'),
    ],
    pharmacy: [
      post('PharmD', 'Director of pharmacy', 'Pharmacy', 'Clinical pharmacy', 'pharmacist'),
      post('PharmD, BCPS', 'Formulary manager', 'Pharmacy', 'Clinical pharmacy', 'pharmacist'),
    ],
    leader: [
      post('MD, MBA', 'Chief medical officer', 'Administration', 'Internal medicine', 'physician'),
      post(
        'MD, MHA',
        'Vice president, cardiovascular service line',
        'Administration',
        'Cardiology',
        'physician',
      ),
    ],
    nurse: [
      post('NP', 'Heart failure nurse practitioner', 'Cardiology', 'Cardiology', 'nurse_practitioner'),
      post('RN', 'Transitions of care coordinator', 'Care management', 'Cardiology', 'nurse'),
    ],
  },
  onvexa: {
    specialist: [
      post('MD', 'Head of thoracic oncology', 'Oncology', 'Thoracic oncology', 'physician'),
      post('MD, PhD', 'Chair of the lung tumor board', 'Oncology', 'Medical oncology', 'physician'),
    ],
    colleague: [
      post('MD', 'Attending oncologist', 'Oncology', 'Hematology and oncology', 'physician'),
      post('PA-C', 'Oncology physician assistant', 'Oncology', 'Medical oncology', 'physician_assistant'),
    ],
    pharmacy: [
      post('PharmD, BCOP', 'Oncology pharmacy manager', 'Pharmacy', 'Oncology pharmacy', 'pharmacist'),
      post('PharmD', 'Director of pharmacy', 'Pharmacy', 'Clinical pharmacy', 'pharmacist'),
    ],
    leader: [
      post(
        'MD, MBA',
        'Medical director of the cancer center',
        'Administration',
        'Medical oncology',
        'physician',
      ),
      post('MD', 'Chief medical officer', 'Administration', 'Internal medicine', 'physician'),
    ],
    nurse: [
      post('RN, OCN', 'Infusion nurse manager', 'Infusion center', 'Medical oncology', 'nurse'),
      post('NP', 'Oncology nurse practitioner', 'Oncology', 'Medical oncology', 'nurse_practitioner'),
    ],
  },
  glymora: {
    specialist: [
      post('MD', 'Lead endocrinologist', 'Endocrinology', 'Endocrinology', 'physician'),
      post('MD, FACE', 'Medical director, diabetes program', 'Endocrinology', 'Endocrinology', 'physician'),
    ],
    colleague: [
      post('MD', 'Family physician', 'Primary care', 'Family medicine', 'physician'),
      post('DO', 'Internist', 'Primary care', 'Internal medicine', 'physician'),
    ],
    pharmacy: [
      post('PharmD, CDCES', 'Ambulatory care pharmacist', 'Pharmacy', 'Clinical pharmacy', 'pharmacist'),
      post('PharmD', 'Director of pharmacy', 'Pharmacy', 'Clinical pharmacy', 'pharmacist'),
    ],
    leader: [
      post('MD, MPH', 'Chief medical officer', 'Administration', 'Internal medicine', 'physician'),
      post('MD, MBA', 'Vice president, population health', 'Administration', 'Family medicine', 'physician'),
    ],
    nurse: [
      post('RN, CDCES', 'Diabetes educator', 'Diabetes education', 'Diabetes education', 'nurse'),
      post('NP', 'Nurse practitioner', 'Primary care', 'Family medicine', 'nurse_practitioner'),
    ],
  },
}

function post(
  ...[credentials, title, department, specialty, hcpType]: [string, string, string, string, Hcp['hcpType']]
): Post {
  return { credentials, title, department, specialty, hcpType }
}

const parts: readonly HcpPart[] = ['specialist', 'colleague', 'pharmacy', 'leader', 'nurse']

/** What a hospital is mostly about, where it is not a bit of everything. */
const focusOf: Readonly<Record<string, Focus>> = {
  stalban: 'cardavel',
  palmetto: 'cardavel',
  laurel: 'cardavel',
  lakemont: 'cardavel',
  ironbridge: 'cardavel',
  magnolia: 'cardavel',
  dogwood: 'cardavel',
  graniteridge: 'cardavel',
  copperfield: 'cardavel',
  whitewater: 'onvexa',
  harborlight: 'onvexa',
  redclay: 'onvexa',
  cypress: 'onvexa',
  elmwood: 'onvexa',
  sunridge: 'onvexa',
  bayou: 'onvexa',
  juniper: 'onvexa',
}

/**
 * A National Provider Identifier with a valid check digit. It starts with 2, which is valid but has never been issued
 * to anybody, so that no real person is meant.
 */
export function unissuedNpi(random: Random): string {
  const first = `2${String(random.integer(0, 99_999_999)).padStart(8, '0')}`
  const check = Array.from({ length: 10 }, (_, digit) => `${first}${digit}`).find(isNpi)
  if (check === undefined) throw new Error(`no check digit for ${first}`)
  return check
}

/** People at one hospital in the order of {@link parts}; the rival's hospitals are known less well. */
function hcpsAt(hospital: Hospital, index: number): Hcp[] {
  const focus = focusOf[hospital.id] ?? 'glymora'
  const known = hospital.territoryId === 'rival-west' ? parts.slice(0, 2) : parts
  return known.map((part, place) => {
    const key = `${hospital.id}-${part}`
    const options = posts[focus][part]
    const held = options[index % options.length] ?? options[0]
    if (held === undefined) throw new RangeError(`no post for ${key}`)
    return {
      ...held,
      ...personName(index * parts.length + place),
      key,
      hospital,
      focus,
      part,
      npi: unissuedNpi(randomFor(`npi ${key}`)),
    }
  })
}

export const hcps: readonly Hcp[] = hospitals.flatMap(hcpsAt)

export function hcpAt(hospitalId: string, part: HcpPart): Hcp | undefined {
  return hcps.find((hcp) => hcp.hospital.id === hospitalId && hcp.part === part)
}

export function fullName({ firstName, lastName }: Pick<Hcp, 'firstName' | 'lastName'>): string {
  return `${firstName} ${lastName}`
}

/** As colleagues speak of them: "Dr. Hallberg" for doctors, the full name for others. */
export function spokenName(hcp: Hcp): string {
  return hcp.hcpType === 'physician' ? `Dr. ${hcp.lastName}` : fullName(hcp)
}
