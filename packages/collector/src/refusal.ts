// refusal.ts: what a client is told when its request cannot be taken.

/** A request that is refused: which field, why, and the limit it broke. `status` is HTTP's. */
export interface Refusal extends Error {
  status: number
  field: string
  reason: string
  limit?: number | undefined
}

/** Makes a refusal, to be thrown. */
export const refuse = (status: number, field: string, reason: string, limit?: number): Refusal =>
  Object.assign(new Error(`${field}: ${reason}`), { name: 'Refusal', status, field, reason, limit })

export const isRefusal = (error: unknown): error is Refusal =>
  error instanceof Error && error.name == 'Refusal'

/** The body that tells of it. */
export const refusalBody = ({ field, reason, limit }: Refusal) => ({
  error: { field, reason, ...(limit !== undefined && { limit }) },
})
