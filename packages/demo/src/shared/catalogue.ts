// catalogue.ts: what the shop sells.

/** A lamp. */
export interface Lamp {
  id: number
  name: string
  /** In cents. */
  price: number
  /** What it is, in a few words. */
  kind: string
  text: string
  material: string
  /** In cm. */
  height: number
  /** Names its drawing. */
  art: string
  /** Made after it is ordered: when it can be had, the workshop must be asked, and that takes its time. */
  madeToOrder?: boolean
}

export const catalogue: readonly Lamp[] = [
  {
    id: 101,
    name: 'Pebble',
    price: 8900,
    kind: 'Table lamp',
    text: 'A round stone that glows. Turn it on its belly and it dims; leave it alone and it keeps you company.',
    material: 'Opal glass, oak foot',
    height: 24,
    art: 'pebble',
  },
  {
    id: 102,
    name: 'Chanterelle',
    price: 12900,
    kind: 'Table lamp',
    text: 'Spun steel on a slender stem, lacquered in the colour of what grows under birches in August.',
    material: 'Lacquered steel',
    height: 38,
    art: 'chanterelle',
  },
  {
    id: 103,
    name: 'Heron',
    price: 24900,
    kind: 'Reading lamp',
    text: 'Stands on one leg, bends its neck to your page, and stays where it is put.',
    material: 'Brass, linen cord',
    height: 146,
    art: 'heron',
  },
  {
    id: 104,
    name: 'Aurora',
    price: 64900,
    kind: 'Pendant, made to order',
    text: 'Four rings, cut and hung by hand, so that no two are alike. The workshop tells us when the next one can be yours.',
    material: 'Paper-thin aluminium',
    height: 62,
    art: 'aurora',
    madeToOrder: true,
  },
  {
    id: 105,
    name: 'Lantern',
    price: 6900,
    kind: 'Portable',
    text: 'Goes out with you and comes home with you. Nine hours of light, and a handle that fits a mitten.',
    material: 'Recycled aluminium',
    height: 29,
    art: 'lantern',
  },
  {
    id: 106,
    name: 'Meridian',
    price: 17900,
    kind: 'Wall lamp',
    text: 'A disc that leans away from its wall and lets the light run out around the edge.',
    material: 'Powder-coated steel',
    height: 32,
    art: 'meridian',
  },
  {
    id: 107,
    name: 'Bellflower',
    price: 19900,
    kind: 'Pendant',
    text: 'One folded sheet, no screws. Hang three above a table and dinner takes longer.',
    material: 'Folded steel',
    height: 30,
    art: 'bellflower',
  },
  {
    id: 108,
    name: 'Pillar',
    price: 15900,
    kind: 'Floor lamp',
    text: 'A column of washi paper for the corner that has never been used for anything.',
    material: 'Washi paper, ash',
    height: 110,
    art: 'pillar',
  },
]
