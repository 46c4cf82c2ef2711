import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { rolldown, type Plugin } from 'rolldown';
import { root } from '../process.ts';
import { notices } from './notices.ts';
import { ownUrl, readManifest, stageCommon, writeStaged } from './staged.ts';

/**
 * The command line in one folder: our sources and every dependency bundled, so that installing asks a registry for
 * nothing. Names are kept, so that what a crash prints can be read.
 */
export async function stageCovey(folder: string): Promise<void> {
  const bundle = await rolldown({
    input: { main: join(root, 'nodes/src/cli/main.ts') },
    platform: 'node',
    plugins: [filesBeside],
    transform: { target: 'node20' },
    onLog(level, log, handle) {
      if (level === 'warn') throw new Error(`bundling covey: ${log.message}`);
      handle(level, log);
    },
  });
  const { output } = await bundle.write({
    dir: join(folder, 'dist'),
    format: 'esm',
    chunkFileNames: '[name].js',
    comments: { legal: false, annotation: false, jsdoc: false },
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
  });
  await bundle.close();
  const modules = output.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []));
  const { version, license } = readManifest('nodes');
  const { description, engines } = readManifest('.');
  writeStaged(folder, 'package.json', {
    name: 'covey',
    version,
    description,
    license,
    type: 'module',
    engines: { node: engines!.node },
    bin: { covey: './bin/covey.mjs' },
  });
  writeStaged(folder, 'bin/covey.mjs', readFileSync(join(root, 'nodes/bin/packed.mjs'), 'utf8'));
  writeStaged(folder, 'THIRD-PARTY-NOTICES.txt', notices(modules));
  stageCommon(folder, 'nodes');
}

/** What our sources name by `new URL('…', import.meta.url)`: a thread's script is bundled too, another file copied. */
const filesBeside: Plugin = {
  name: 'files beside',
  transform(code, id) {
    // Its loader names the file by a value, not by a text that is found below.
    if (id.endsWith('/tiny-secp256k1/lib/wasm_loader.js')) {
      const fileName = 'secp256k1.wasm';
      this.emitFile({ type: 'asset', fileName, source: readFileSync(join(dirname(id), fileName)) });
    }
    if (id.includes('node_modules') || !code.includes('import.meta.url')) return null;
    return code.replace(ownUrl, (_, path: string) => {
      const file = resolve(dirname(id), path);
      const name = basename(path).replace(/\.ts$/, '.js');
      if (path.endsWith('.ts')) this.emitFile({ type: 'chunk', id: file, fileName: name });
      else this.emitFile({ type: 'asset', fileName: name, source: readFileSync(file) });
      return `new URL('./${name}', import.meta.url)`;
    });
  },
};
