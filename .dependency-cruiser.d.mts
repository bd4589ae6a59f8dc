// .dependency-cruiser.d.mts: types of the import laws, for their test.

import type { ICruiseOptions, IForbiddenRuleType } from 'dependency-cruiser'

declare const laws: {
  forbidden: (IForbiddenRuleType & { name: string })[]
  options: ICruiseOptions & { enhancedResolveOptions: object }
}
export default laws
