// messages.ts: what page, orders and payments say to each other.

/** When a lamp can be had. */
export interface Availability {
  inStock: number
  /** Such as "Ships tomorrow". */
  promise: string
}

/** A line of a cart. */
export interface Line {
  lampId: number
  count: number
}

/** What the page sends to buy something. */
export interface OrderRequest {
  lines: Line[]
  name: string
  email: string
  /** One of `cards`. */
  card: string
}

/** An order that went through. */
export interface Order {
  id: number
  /** In cents. */
  total: number
  receipt: string
  promise: string
}

/** What orders asks payments for. */
export interface ChargeRequest {
  orderId: number
  /** In cents. */
  amount: number
  card: string
}

/** A charge that went through. */
export interface Charge {
  receipt: string
}

/** What went wrong, in words for the person who buys. */
export interface Refusal {
  error: string
}

/** The cards that the checkout offers, and what becomes of each. */
export const cards = {
  works: { number: '•••• 4242', title: 'A good card', note: 'Is charged.' },
  empty: { number: '•••• 0002', title: 'An empty card', note: 'Is declined: 402 all the way up.' },
  broken: {
    number: '•••• 5000',
    title: 'An unlucky card',
    note: 'The payment service fails on it: an exception, a 500, a broken trace.',
  },
} as const
