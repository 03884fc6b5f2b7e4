/** The arrows of ARCHITECTURE.md: vscode -> worker -> core, cli -> core, and nothing back. */

/** The editor's API, as the type checker resolves it and as it is written. */
const editorApi = '^vscode$|node_modules/@types/vscode/';

/** A type-only import leaves nothing in the bundle. */
const typeOnly = 'type-only';

module.exports = {
  forbidden: [
    {
      name: 'core-knows-only-itself',
      comment: 'The engine runs the same under an editor, a worker and a terminal.',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: '^src/', pathNot: '^src/core/' },
    },
    {
      name: 'worker-knows-only-core',
      severity: 'error',
      from: { path: '^src/worker/' },
      to: { path: '^src/', pathNot: '^src/(worker|core)/' },
    },
    {
      name: 'cli-knows-only-core',
      severity: 'error',
      from: { path: '^src/cli/' },
      to: { path: '^src/', pathNot: '^src/(cli|core)/' },
    },
    {
      name: 'editor-talks-to-the-worker-only',
      comment:
        'The extension host never reads, chunks or embeds: it knows the types of core, and how its text is said and shown.',
      severity: 'error',
      from: { path: '^src/(vscode/|extension\\.ts$)' },
      to: { path: '^src/', pathNot: '^src/(vscode|worker)/|^src/core/(as-text|say|types|visible)\\.ts$' },
    },
    {
      name: 'editor-takes-types-of-core-only',
      severity: 'error',
      from: { path: '^src/(vscode/|extension\\.ts$)' },
      to: { path: '^src/core/types\\.ts$', dependencyTypesNot: [typeOnly] },
    },
    {
      name: 'editor-does-not-load-the-worker',
      comment: 'worker.ts is a process of its own; only its client and its protocol are shared.',
      severity: 'error',
      from: { path: '^src/(vscode/|extension\\.ts$)' },
      to: { path: '^src/worker/', pathNot: '^src/worker/(client|protocol)\\.ts$' },
    },
    {
      name: 'editor-api-stays-in-the-editor-part',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(vscode/|extension\\.ts$)' },
      to: { path: editorApi },
    },
    {
      name: 'source-does-not-know-its-tests-and-tools',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|tools)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, pathNot: '\\.d\\.ts$|^src/core/kernel/|^tools/[^/]+$|\\.test\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.vscode-test|test/vscode/fixture)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
