import type { Ids } from 'lightspan/wire'

/** `ids` that find the counter of any id of their seed, as if they had just given it. */
export declare const allKnown: (ids: Ids) => Ids
