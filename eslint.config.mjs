import js from '@eslint/js';
import vue from 'eslint-plugin-vue';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      'out/**',
      'cache/**',
      '.covey/**',
      'contracts/abi/**',
      'wasm-core/assembly/**',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: {
      'no-undef': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'TSEnumDeclaration', message: 'Node strips types only: use an `as const` array or object.' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Prettier decides about layout.
      'vue/max-attributes-per-line': 'off',
      'vue/html-indent': 'off',
      'vue/html-self-closing': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/multi-word-component-names': 'off',
    },
  },
  {
    // What is packed runs on Node 20, whose library ends before these.
    files: ['{errors,contracts,wasm-core,protocol,client,governance,nodes}/**/*.ts'],
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        ...[
          ['Map', 'groupBy'],
          ['Object', 'groupBy'],
          ['Promise', 'withResolvers'],
          ['Promise', 'try'],
          ['Array', 'fromAsync'],
          ['RegExp', 'escape'],
        ].map(([object, property]) => ({ object, property, message: 'Node 20, which runs what is packed, lacks it.' })),
      ],
    },
  },
  {
    // Results that become money must not depend on the host.
    files: ['protocol/src/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      'no-restricted-globals': ['error', 'Date', 'performance', 'crypto', 'fetch'],
      'no-restricted-properties': [
        'error',
        ...['random', 'exp', 'log', 'log2', 'log10', 'pow', 'sqrt', 'tanh', 'sin', 'cos', 'cbrt', 'hypot'].map(
          (property) => ({
            object: 'Math',
            property,
            message: 'Host maths and randomness differ between machines.',
          }),
        ),
      ],
    },
  },
);
