/** Customers of the demo. Hospitals, towns and streets are invented; only the states are real. */
export interface Hospital {
  readonly id: string
  readonly territoryId: string
  readonly name: string
  /** As people in the field call it. */
  readonly short: string
  readonly street: string
  readonly city: string
  readonly state: string
  readonly postalCode: string
  readonly language: 'English'
}

type Row = readonly [
  id: string,
  name: string,
  short: string,
  street: string,
  city: string,
  state: string,
  postalCode: string,
]

const north: readonly Row[] = [
  ['lakemont', 'Lakemont Regional Medical Center', 'Lakemont', '400 Harbor Way', 'Lakemont', 'MN', '55990'],
  ['stalban', 'St. Alban Heart Institute', 'St. Alban', '18 Cathedral Square', 'Alban Falls', 'WI', '54990'],
  [
    'northpine',
    'North Pine Health System',
    'North Pine',
    '2200 Pine Ridge Road',
    'Pine Hollow',
    'MN',
    '55991',
  ],
  [
    'graniteridge',
    'Granite Ridge Community Hospital',
    'Granite Ridge',
    '75 Quarry Road',
    'Granite Ridge',
    'WI',
    '54991',
  ],
  [
    'whitewater',
    'Whitewater Cancer Center',
    'Whitewater',
    '1050 Mill Street',
    'Three Rivers Bend',
    'MI',
    '49990',
  ],
  [
    'harborlight',
    'Harbor Light Oncology Associates',
    'Harbor Light',
    '31 Lighthouse Lane',
    'Port Ellery',
    'MI',
    '49991',
  ],
  [
    'elmwood',
    'Elmwood University Hospital',
    'Elmwood',
    '1 University Circle',
    'Elmwood Heights',
    'IL',
    '60990',
  ],
  [
    'prairie',
    'Prairie View Diabetes Clinic',
    'Prairie View',
    '640 Meadow Lane',
    'Prairie Glen',
    'IL',
    '60991',
  ],
  [
    'birchwood',
    'Birchwood Family Health Network',
    'Birchwood',
    '212 Birch Street',
    'Birchwood Falls',
    'WI',
    '54992',
  ],
  [
    'ironbridge',
    'Iron Bridge Veterans Medical Center',
    'Iron Bridge',
    '900 Foundry Avenue',
    'Iron Bridge',
    'MI',
    '49992',
  ],
  [
    'silverlake',
    'Silver Lake Endocrine Partners',
    'Silver Lake',
    '58 Shoreline Drive',
    'Silver Lake Park',
    'MN',
    '55992',
  ],
  ['kestrel', 'Kestrel Bay Hospital', 'Kestrel Bay', '15 Bayfront Road', 'Kestrel Bay', 'WI', '54993'],
]

const south: readonly Row[] = [
  [
    'magnolia',
    'Magnolia General Hospital',
    'Magnolia',
    '320 Magnolia Avenue',
    'Fairhaven Oaks',
    'GA',
    '31990',
  ],
  [
    'palmetto',
    'Palmetto Coast Cardiology',
    'Palmetto Coast',
    '77 Seawall Boulevard',
    'Port Delphine',
    'SC',
    '29990',
  ],
  [
    'bluebonnet',
    'Bluebonnet Health Partners',
    'Bluebonnet',
    '4100 Live Oak Parkway',
    'Cedar Draw',
    'TX',
    '78990',
  ],
  ['redclay', 'Red Clay Cancer Institute', 'Red Clay', '208 Orchard Road', 'Red Clay Springs', 'AL', '35990'],
  ['bayou', 'Bayou Teal Medical Center', 'Bayou Teal', '66 Cypress Landing', 'Teal Landing', 'LA', '70990'],
  [
    'sunridge',
    'Sunridge University Medical Center',
    'Sunridge',
    '1 Research Drive',
    'Sunridge',
    'FL',
    '32990',
  ],
  [
    'cypress',
    'Cypress Hollow Oncology Group',
    'Cypress Hollow',
    '930 Hollow Road',
    'Cypress Hollow',
    'FL',
    '32991',
  ],
  [
    'dogwood',
    'Dogwood Valley Hospital',
    'Dogwood Valley',
    '140 Valley Pike',
    'Dogwood Valley',
    'TN',
    '37990',
  ],
  ['mesa', 'Mesa Verdant Diabetes Center', 'Mesa Verdant', '2750 Mesa Road', 'Verdant', 'TX', '78991'],
  ['gulfstar', 'Gulf Star Health Network', 'Gulf Star', '500 Starboard Street', 'Point Sable', 'TX', '78992'],
  [
    'peachgrove',
    'Peach Grove Family Medicine',
    'Peach Grove',
    '19 Grove Street',
    'Peach Grove',
    'GA',
    '31991',
  ],
  [
    'laurel',
    'Laurel Mountain Heart Center',
    'Laurel Mountain',
    '88 Summit Road',
    'Laurel Gap',
    'TN',
    '37991',
  ],
]

const west: readonly Row[] = [
  [
    'copperfield',
    'Copper Field Medical Center',
    'Copper Field',
    '710 Copper Street',
    'Copper Field',
    'NV',
    '89990',
  ],
  ['juniper', 'Juniper Pass Hospital', 'Juniper Pass', '45 Juniper Pass Road', 'Juniper Pass', 'UT', '84990'],
]

function hospitalsIn(territoryId: string, rows: readonly Row[]): Hospital[] {
  return rows.map(([id, name, short, street, city, state, postalCode]) => ({
    id,
    territoryId,
    name,
    short,
    street,
    city,
    state,
    postalCode,
    language: 'English',
  }))
}

export const hospitals: readonly Hospital[] = [
  ...hospitalsIn('meridian-north', north),
  ...hospitalsIn('meridian-south', south),
  ...hospitalsIn('rival-west', west),
]

export function hospitalOf(id: string): Hospital {
  const hospital = hospitals.find((candidate) => candidate.id === id)
  if (hospital === undefined) throw new RangeError(`no such hospital: ${id}`)
  return hospital
}

/** 555-01xx numbers are set aside for fiction in every area. */
export function areaCodeOf(state: string): string {
  const codes: Readonly<Record<string, string>> = {
    MN: '218',
    WI: '715',
    MI: '906',
    IL: '309',
    GA: '478',
    SC: '843',
    TX: '361',
    AL: '256',
    LA: '337',
    FL: '352',
    TN: '423',
    NV: '775',
    UT: '435',
  }
  return codes[state] ?? '202'
}
