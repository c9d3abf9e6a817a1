// What may import what. Every rule is an error; each says in `comment` what to do instead.

const server = '^packages/server/src/';
const widget = '^packages/widget/src/';
const tests = '\\.test(-d)?\\.tsx?$';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one thing, or share a third. Types may point back: they vanish.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'features-meet-at-index',
      comment: "Import another feature's index.ts; what is not exported there is its own business.",
      severity: 'error',
      from: { path: `${server}features/([^/]+)/` },
      to: { path: `${server}features/[^/]+/`, pathNot: `${server}features/($1/|[^/]+/index\\.ts$)` },
    },
    {
      name: 'widget-knows-no-server',
      comment: 'Widget and server meet only in shared-types.',
      severity: 'error',
      from: { path: '^packages/widget/' },
      to: { path: '^packages/server/' },
    },
    {
      name: 'server-knows-no-widget',
      comment: 'Widget and server meet only in shared-types.',
      severity: 'error',
      from: { path: '^packages/server/' },
      to: { path: '^packages/widget/' },
    },
    {
      name: 'shared-types-import-nothing',
      comment: 'The wire is plain types and lists; both halves must be able to read it without anything else.',
      severity: 'error',
      from: { path: '^packages/shared-types/src/', pathNot: tests },
      to: { pathNot: '^packages/shared-types/src/' },
    },
    {
      name: 'database-client-stays-in-db-and-features',
      comment: 'Ask a feature for it, or import a type that db/ exports.',
      severity: 'error',
      from: { path: server, pathNot: [`${server}(db|features|generated)/`, tests] },
      to: { path: [`${server}generated/`, 'node_modules/(@prisma/|pglite-prisma-adapter|@electric-sql/pglite|pg/)'] },
    },
    {
      name: 'widget-config-comes-first',
      comment: 'config turns options into a Config and knows nothing of what is done with it.',
      severity: 'error',
      from: { path: `${widget}config/`, pathNot: tests },
      to: { path: `${widget}(protocol|model|view|host)/` },
    },
    {
      name: 'widget-protocol-knows-no-screen',
      comment: 'protocol speaks to the server and knows no signals, no state and no DOM.',
      severity: 'error',
      from: { path: `${widget}protocol/`, pathNot: tests },
      to: { path: [`${widget}(model|view|host)/`, 'node_modules/(preact|@preact/)'] },
    },
    {
      name: 'widget-model-knows-no-screen',
      comment: 'model is state and actions; the view reads it, never the other way round.',
      severity: 'error',
      from: { path: `${widget}model/`, pathNot: tests },
      to: { path: `${widget}(view|host)/` },
    },
    {
      name: 'widget-view-fetches-nothing',
      comment: 'The view calls actions of the model; of the protocol it may know the types.',
      severity: 'error',
      from: { path: `${widget}view/`, pathNot: tests },
      to: { path: `${widget}protocol/`, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'The imported file or package does not exist, or is missing in package.json.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment: 'Nothing imports this file and it imports nothing: it is dead, or an entry point to be listed here.',
      severity: 'error',
      from: {
        orphan: true,
        pathNot: [
          tests,
          '\\.d\\.ts$',
          '\\.config\\.ts$',
          `${server}main\\.ts$`,
          // Preloaded into processes of tests.
          '^packages/server/test/skew-clock\\.mjs$',
          `${widget}(loader|frame/salient-frame)\\.ts$`,
          '^(e2e|bench|integrations)/',
        ],
      },
      to: {},
    },
    {
      name: 'no-dev-dependencies-in-source',
      comment: 'What runs must be in "dependencies"; devDependencies are for types, tests and tools.',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: [tests, '/src/test/'] },
      // shared-types is compiled into both bundles; what users bring themselves is a peer, and here to build against.
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only', 'npm-peer'],
        pathNot: '^packages/shared-types/',
      },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/generated/'] },
    // Not simply any "dist": that would also hide the packages whose code lies in a folder of that name.
    exclude: { path: ['^packages/[^/]+/(dist|tmp|package|published)/', '^e2e/(\\.apps|packages/[^/]+-app)/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
