// eslint.config.mjs: the house's laws of code, and typescript-eslint's. What Prettier does is Prettier's.

import js from '@eslint/js'
import globals from 'globals'
import typescript from 'typescript-eslint'

const sources = ['src/**/*.ts', 'packages/*/src/**/*.{ts,tsx}']
const shipped = ['src/**/*.ts', 'packages/{edge,await,otel,worker,zone}/src/**/*.ts']

const law = (selector, message) => ({ selector, message })

const plainSources = [
  law(
    'ClassDeclaration, ClassExpression',
    'No classes: a function that returns what it gives, with state in its closure.',
  ),
  law('TSEnumDeclaration', 'No enums: a union of strings costs nothing.'),
  law('ExportDefaultDeclaration', 'No default exports: a thing has one name everywhere.'),
]

const noState = law(
  'Program > VariableDeclaration[kind=let], Program > ExportNamedDeclaration > VariableDeclaration[kind=let]',
  'No module-level `let`: state lives in closures, so that two instances do not meet.',
)

// Importing has no effect, and what is not used can be left out of a bundle.
const atImport = [
  'Program > ExpressionStatement',
  'Program > :matches(IfStatement, ForStatement, ForOfStatement, ForInStatement, WhileStatement, TryStatement)',
  ...['CallExpression', 'NewExpression', 'TaggedTemplateExpression', 'AwaitExpression'].map(
    (kind) =>
      `Program > :matches(VariableDeclaration, ExportNamedDeclaration) ${kind}:not(:function ${kind})`,
  ),
].map((selector) => law(selector, 'Nothing runs at import: no call and no statement at top level.'))

// `_` says that it is known; `{ gone, ...rest }` leaves something out.
const unused = {
  argsIgnorePattern: '^_',
  destructuredArrayIgnorePattern: '^_',
  varsIgnorePattern: '^_',
  ignoreRestSiblings: true,
}

export default typescript.config(
  { ignores: ['**/dist/', '**/node_modules/', 'artefacts/', 'coverage/', 'test/api/*.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx}'],
    extends: [typescript.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-import-type-side-effects': 'error',
      // what is declared as a property may be taken out of its object: it has no `this`
      '@typescript-eslint/method-signature-style': 'error',
      // sees a generic call where there is none
      '@typescript-eslint/no-unnecessary-type-assertion': 'off',
      // a function that returns a promise may stand where its result does not matter: a timer, a listener
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      // `async` also says what a function gives, where an interface asks for a promise
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': ['error', unused],
    },
  },
  {
    // scripts of Node, with functions in them that run in a page
    files: ['**/*.mjs'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: { 'no-unused-vars': ['error', unused] },
  },
  {
    files: sources,
    rules: {
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 4],
      'no-restricted-syntax': ['error', ...plainSources, noState],
    },
  },
  {
    files: shipped,
    rules: { 'no-restricted-syntax': ['error', ...plainSources, noState, ...atImport] },
  },
  {
    // the doors of the script tag are there to act
    files: ['src/{script,script-development,more}.ts'],
    rules: { 'no-restricted-syntax': ['error', ...plainSources, noState] },
  },
  {
    // what workerd serves is the default export of a module
    files: ['packages/demo/src/edge/worker.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    // what a test prints may be anything, and it holds functions of the page to compare them
    files: ['test/**/*.ts', 'packages/*/test/**/*.ts'],
    rules: {
      '@typescript-eslint/restrict-template-expressions': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // much of it is there to be wrong
    files: ['test/types/*.ts'],
    extends: [typescript.configs.disableTypeChecked],
  },
)
