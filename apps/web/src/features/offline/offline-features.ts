export interface OfflineFeature {
  readonly title: string
  /** What can be done without a network. */
  readonly works: readonly string[]
  /** What cannot, and what happens instead. */
  readonly needs: readonly string[]
}

/** Kept true by the journeys in `e2e/offline-product.e2e.ts`. */
export const features: readonly OfflineFeature[] = [
  {
    title: 'Lists and search',
    works: [
      'Pipeline, contacts and KPIs with every filter and sort order',
      'Search in names, accounts and owners, and in notes, activities and answers of records on this device',
    ],
    needs: ['Records that were never downloaded: they are listed, and open with the next connection'],
  },
  {
    title: 'Opportunities',
    works: [
      'Open, create and edit: fields, MEDDPICC answers, notes, activities, people',
      'Complete an activity and plan the next one',
      'Ask for a stage move or an amount; it is decided when it arrives',
      'Attach photos and documents to an activity; they are sent when you reconnect',
    ],
    needs: [
      'The official amount changes when finance and the server say so',
      'Files of colleagues that were never opened on this device',
    ],
  },
  {
    title: 'Contacts',
    works: ['Open, create and edit contacts, log calls and samples', 'Record consent with a signature'],
    needs: ['Consent that somebody else took meanwhile: the stricter of the two counts once both are known'],
  },
  {
    title: 'Inbox',
    works: [
      'Read and decide fields that were changed by two people',
      'Read, approve and reject proposals as far as your role allows',
    ],
    needs: ['A decision takes effect for everybody when it has been sent'],
  },
  {
    title: 'KPIs',
    works: ['The numbers as last computed, with the time they are from', 'Commentary'],
    needs: ['New numbers: they are computed by the server'],
  },
  {
    title: 'Working together',
    works: ['What you and colleagues write apart from each other is put together when you are back'],
    needs: ['Seeing who else is in a record, and their typing as it happens', 'Full history of a record'],
  },
  {
    title: 'You and this device',
    works: [
      'Starting the app, theme, the sync centre',
      'Closing and restarting the browser with unsent work',
    ],
    needs: ['Signing in for the first time, or as somebody else', 'Rules, roles and the list of devices'],
  },
]
