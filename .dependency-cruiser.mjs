// Who may import whom (docs: ARCHITECTURE in docs/reference). Packages see each other only through `exports`.
const layers = {
  errors: [],
  'contracts/abi': ['errors'],
  'wasm-core/loader': ['errors'],
  protocol: ['errors', 'wasm-core/loader', 'contracts/abi'],
  client: ['errors', 'protocol', 'wasm-core/loader', 'contracts/abi'],
  // The metadata of a plugin are documents beside its setup; who publishes it pins them.
  governance: ['errors', 'client', 'protocol', 'contracts/abi', 'contracts/src/plugins/setup'],
  nodes: ['errors', 'client', 'governance', 'protocol', 'wasm-core/loader', 'wasm-core/attacks', 'contracts/abi'],
  server: ['errors', 'client', 'governance', 'protocol', 'wasm-core/loader', 'contracts/abi'],
  web: [
    'errors',
    'client',
    'governance',
    'protocol',
    'wasm-core/loader',
    'contracts/abi',
    'server/src/schema',
    'wasm-core/dist',
    // The simulator, which a page may play a task with: what it may import in turn is below.
    'nodes/src/simulation',
    // Importers of own data; what they may import is below too.
    'nodes/src/data/import',
  ],
};

const packages = ['errors', 'contracts', 'wasm-core', 'protocol', 'client', 'governance', 'nodes', 'server', 'web'];

/** Inside the web app: what each folder may import besides itself. A feature is entered by its index, and features form no circle. */
const webFolders = {
  ui: ['errors.ts'],
  api: ['errors.ts', 'ui'],
  chain: ['errors.ts', 'api'],
  workers: ['errors.ts'],
  features: ['errors.ts', 'ui', 'api', 'chain', 'workers'],
  pages: ['errors.ts', 'ui', 'api', 'chain', 'features'],
  app: ['errors.ts', 'ui', 'api', 'chain', 'features', 'pages', 'locales'],
};

const web = [
  ...Object.entries(webFolders).map(([folder, allowed]) => ({
    name: `web/src/${folder} imports only what lies below`,
    severity: 'error',
    from: { path: `^web/src/${folder}/`, pathNot: '\\.test\\.ts$' },
    to: { path: '^web/src/', pathNot: [folder, ...allowed].map((path) => `^web/src/${path}(/|$)`) },
  })),
  {
    name: 'a feature is entered by its index',
    severity: 'error',
    from: { path: '^web/src/features/([^/]+)/' },
    to: { path: '^web/src/features/', pathNot: ['^web/src/features/$1/', '^web/src/features/[^/]+/index\\.ts$'] },
  },
  {
    name: 'pages and the frame enter a feature by its index',
    severity: 'error',
    from: { path: '^web/src/', pathNot: '^web/src/features/' },
    to: { path: '^web/src/features/', pathNot: '^web/src/features/[^/]+/index\\.ts$' },
  },
];

const forbidden = Object.entries(layers).map(([layer, allowed]) => {
  const own = layer.split('/')[0];
  return {
    name: `${layer} imports only what lies below`,
    severity: 'error',
    from: { path: `^${layer}/`, pathNot: '\\.test\\.ts$' },
    to: {
      path: `^(${packages.filter((name) => name !== own).join('|')})/`,
      pathNot: allowed.map((path) => `^${path}/`),
    },
  };
});

export default {
  forbidden: [
    ...forbidden,
    {
      name: 'what participants run knows no experiments',
      severity: 'error',
      from: {
        path: '^(nodes|server|web|governance|client)/',
        // A simulation reaches no network, so it may play every attack.
        pathNot: ['^nodes/src/(experiments|simulation)/', '\\.test\\.ts$'],
      },
      to: { path: '^(nodes/src/experiments|wasm-core/attacks)/' },
    },
    {
      name: 'the simulator imports only what is pure',
      severity: 'error',
      from: { path: '^nodes/src/simulation/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^nodes/src/',
        pathNot: ['^nodes/src/simulation/', '^nodes/src/data/(dataset|random|split)\\.ts$', '^nodes/src/errors\\.ts$'],
      },
    },
    {
      name: 'the simulator needs no Node',
      severity: 'error',
      from: { path: '^nodes/src/simulation/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'importers of data import only what is pure',
      severity: 'error',
      from: { path: '^nodes/src/data/import/', pathNot: '\\.test\\.ts$' },
      to: { path: '^nodes/src/', pathNot: ['^nodes/src/data/import/', '^nodes/src/errors\\.ts$'] },
    },
    {
      name: 'importers of data need no Node',
      severity: 'error',
      from: { path: '^nodes/src/data/import/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only the command plays simulations',
      severity: 'error',
      from: { path: '^nodes/src/', pathNot: ['^nodes/src/(simulation|cli/commands/simulate)/', '\\.test\\.ts$'] },
      to: { path: '^nodes/src/simulation/' },
    },
    ...web,
    { name: 'no circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'everything resolves', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '\\?url$' } },
    {
      name: 'packages are entered by their exports',
      severity: 'error',
      from: { path: `^(${[...packages, 'scripts', 'e2e'].join('|')})/` },
      // By name they are aliases of the workspace, or of a package whose manifest is further down; by path they are not.
      to: {
        path: `^(${packages.join('|')})/`,
        pathNot: '^$1/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased', 'undetermined'],
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|node_modules)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.vue', '.js', '.mjs'],
    },
  },
};
