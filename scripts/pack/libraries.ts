import { globSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from '../process.ts';
import { copyStaged, ownUrl, readManifest, stageCommon, writeStaged, type Manifest } from './staged.ts';

/** What a program of another's imports; each is a folder of the repository. */
export const libraries = ['errors', 'contracts', 'wasm-core', 'protocol', 'client', 'governance'];

/** Not for participants: tests of ours, attacks, and models that only our measurements load. */
const kept = (subpath: string) => !/^\.\/(testing|attacks|bench|models|beacon\/local-network)(\/|$)/.test(subpath);

/** A relative import of a source, as declarations keep it. */
const sourceImport = /((?:from |import\()["']\.{1,2}\/[^"']+)\.ts(["'])/g;

/** JavaScript and declarations of each package in `staging/<name>`, laid out as its sources are. */
export function stageLibraries(staging: string, names: readonly string[]): void {
  const manifests = new Map(names.map((name) => [name, readManifest(name)]));
  emit(
    staging,
    names,
    [...manifests].flatMap(([name, manifest]) => entries(name, manifest)),
  );
  for (const [name, manifest] of manifests) {
    const folder = join(staging, name);
    writeStaged(folder, 'package.json', published(manifest));
    stageCommon(folder, name);
    for (const path of others(name, manifest)) copyStaged(folder, join(name, path), path);
  }
}

const sources = (name: string, { exports = {} }: Manifest): string[] =>
  Object.entries(exports)
    .filter(([subpath]) => kept(subpath))
    // As Node reads it, a `*` of exports spans folders.
    .flatMap(([, path]) => globSync(path.replace('*', '**/*'), { cwd: join(root, name) }));

const entries = (name: string, manifest: Manifest): string[] =>
  sources(name, manifest)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => join(root, name, path));

/** What is exported and no source: the binary, metadata. */
const others = (name: string, manifest: Manifest): string[] =>
  sources(name, manifest).filter((path) => /\.(wasm|json)$/.test(path));

/** Types are checked by `npm run check`; here they are only written. */
function emit(staging: string, names: readonly string[], rootNames: string[]): void {
  const threads = names.includes('wasm-core')
    ? globSync('wasm-core/loader/threads-{supervisor,worker}.ts', { cwd: root })
    : [];
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: object;
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [], include: [] }, ts.sys, root);
  const program = ts.createProgram([...rootNames, ...threads.map((path) => join(root, path))], {
    ...options,
    noEmit: false,
    noCheck: true,
    declaration: true,
    allowImportingTsExtensions: false,
    rewriteRelativeImportExtensions: true,
    rootDir: root,
    outDir: staging,
  });
  const { diagnostics } = program.emit(undefined, (path, text, bom) => {
    const [name = ''] = relative(staging, path).split('/');
    if (!names.includes(name) || path.endsWith('.json')) return;
    const made = path.endsWith('.js')
      ? text.replace(ownUrl, (all: string) => all.replace(/\.ts'/, ".js'"))
      : text.replace(sourceImport, '$1.js$2');
    ts.sys.writeFile(path, made, bom);
  });
  if (diagnostics.length > 0) throw new Error(ts.formatDiagnostics(diagnostics, host));
}

const host: ts.FormatDiagnosticsHost = {
  getCanonicalFileName: (path) => path,
  getCurrentDirectory: () => root,
  getNewLine: () => '\n',
};

function published({ name, version, license, sideEffects, exports = {}, dependencies }: Manifest): object {
  const { engines } = readManifest('.');
  return {
    name,
    version,
    license,
    type: 'module',
    ...(sideEffects !== undefined && { sideEffects }),
    engines: { node: engines!.node },
    exports: Object.fromEntries(
      Object.entries(exports)
        .filter(([subpath]) => kept(subpath))
        .map(([subpath, path]) => [subpath, built(path)]),
    ),
    ...(dependencies && { dependencies }),
  };
}

/** The built files of a source; what is no source is itself. */
function built(path: string): string | { types: string; default: string } {
  if (!path.endsWith('.ts')) return path;
  const bare = path.slice(0, -'.ts'.length);
  return { types: `${bare}.d.ts`, default: `${bare}.js` };
}
