export type ProductId = 'cardavel' | 'onvexa' | 'glymora'

export interface Product {
  readonly id: ProductId
  readonly name: string
  readonly indication: string
  /** Who is detailed. */
  readonly specialties: readonly string[]
  /** Other products in the same class; invented like all names here. */
  readonly competitors: readonly string[]
}

export const products: Readonly<Record<ProductId, Product>> = {
  cardavel: {
    id: 'cardavel',
    name: 'Cardavel',
    indication: 'heart failure',
    specialties: ['Cardiology', 'Heart failure', 'Internal medicine', 'Hospital medicine'],
    competitors: ['Brevacor', 'Lunapril', 'Generic ARNI'],
  },
  onvexa: {
    id: 'onvexa',
    name: 'Onvexa',
    indication: 'non-small cell lung cancer',
    specialties: ['Medical oncology', 'Hematology and oncology', 'Thoracic oncology'],
    competitors: ['Pulmetris', 'Tarvecta'],
  },
  glymora: {
    id: 'glymora',
    name: 'Glymora',
    indication: 'type 2 diabetes',
    specialties: ['Endocrinology', 'Family medicine', 'Internal medicine', 'Diabetes education'],
    competitors: ['Insorel', 'Betaxin XR', 'Generic basal insulin'],
  },
}
