/** The lists that TPC-H draws its values from. */
export const REGIONS = ['AFRICA', 'AMERICA', 'ASIA', 'EUROPE', 'MIDDLE EAST'] as const

/** Name and region. */
export const NATIONS = [
  ['ALGERIA', 0],
  ['ARGENTINA', 1],
  ['BRAZIL', 1],
  ['CANADA', 1],
  ['EGYPT', 4],
  ['ETHIOPIA', 0],
  ['FRANCE', 3],
  ['GERMANY', 3],
  ['INDIA', 2],
  ['INDONESIA', 2],
  ['IRAN', 4],
  ['IRAQ', 4],
  ['JAPAN', 2],
  ['JORDAN', 4],
  ['KENYA', 0],
  ['MOROCCO', 0],
  ['MOZAMBIQUE', 0],
  ['PERU', 1],
  ['CHINA', 2],
  ['ROMANIA', 3],
  ['SAUDI ARABIA', 4],
  ['VIETNAM', 2],
  ['RUSSIA', 3],
  ['UNITED KINGDOM', 3],
  ['UNITED STATES', 1],
] as const

export const SEGMENTS = ['AUTOMOBILE', 'BUILDING', 'FURNITURE', 'MACHINERY', 'HOUSEHOLD'] as const
export const PRIORITIES = ['1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW'] as const
export const INSTRUCTIONS = ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'] as const
export const MODES = ['REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB', 'AIR REG'] as const

export const TYPES = [
  ['STANDARD', 'SMALL', 'MEDIUM', 'LARGE', 'ECONOMY', 'PROMO'],
  ['ANODIZED', 'BURNISHED', 'PLATED', 'POLISHED', 'BRUSHED'],
  ['TIN', 'NICKEL', 'BRASS', 'STEEL', 'COPPER'],
] as const

export const CONTAINERS = [
  ['SM', 'LG', 'MED', 'JUMBO', 'WRAP'],
  ['CASE', 'BOX', 'BAG', 'JAR', 'PKG', 'PACK', 'CAN', 'DRUM'],
] as const

export const COLOURS = [
  'almond',
  'aquamarine',
  'azure',
  'beige',
  'black',
  'blue',
  'blush',
  'brown',
  'chiffon',
  'coral',
  'cream',
  'cyan',
  'forest',
  'frosted',
  'ghost',
  'green',
  'grey',
  'indian',
  'ivory',
  'khaki',
  'lace',
  'lemon',
  'lime',
  'linen',
  'magenta',
  'maroon',
  'mint',
  'misty',
  'navy',
  'olive',
  'orange',
  'orchid',
  'peach',
  'pink',
  'plum',
  'purple',
  'red',
  'rose',
  'salmon',
  'sienna',
  'sky',
  'slate',
  'snow',
  'tan',
  'thistle',
  'tomato',
  'violet',
  'wheat',
  'white',
  'yellow',
] as const

export const NOUNS = [
  'packages',
  'accounts',
  'ideas',
  'theodolites',
  'pinto',
  'beans',
  'foxes',
  'deposits',
  'dugouts',
] as const
export const VERBS = ['sleep', 'wake', 'haggle', 'nag', 'cajole', 'detect', 'integrate', 'boost', 'doze'] as const
