// Builds dist/core.wasm from assembly/ with the settings of the root's asconfig.json.
//
//   node wasm-core/build.ts            build when sources changed
//   node wasm-core/build.ts --update   build and write core.sha256
//   node wasm-core/build.ts --check    build twice apart; both and core.sha256 must agree
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = fileURLToPath(new URL('assembly', import.meta.url));
const dist = fileURLToPath(new URL('dist', import.meta.url));
const wasmPath = join(dist, 'core.wasm');
/** Hash of everything that the binary depends on, as of the last build. */
const stampPath = join(dist, 'core.inputs');
const hashPath = fileURLToPath(new URL('core.sha256', import.meta.url));
const compiler = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');

export interface BuildResult {
  path: string;
  /** 0x-prefixed sha256 of the binary: what the DAO approves. */
  sha256: `0x${string}`;
  rebuilt: boolean;
}

export async function buildCore(): Promise<BuildResult> {
  const inputs = await hashInputs();
  const current = await readFile(stampPath, 'utf8').catch(() => '');
  const binary = current === inputs ? await readFile(wasmPath).catch(() => undefined) : undefined;
  if (binary) return { path: wasmPath, sha256: hashOf(binary), rebuilt: false };
  await mkdir(dist, { recursive: true });
  const work = await mkdtemp(join(dist, '.build-'));
  try {
    const built = join(work, 'core.wasm');
    await compile(built);
    const sha256 = hashOf(await readFile(built));
    const stamp = join(work, 'core.inputs');
    await writeFile(stamp, inputs);
    // Whole files only, binary first: several processes may build at once.
    await rename(built, wasmPath);
    await rename(stamp, stampPath);
    return { path: wasmPath, sha256, rebuilt: true };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Two builds apart must be byte-identical and have the committed hash; returns what is wrong, or undefined. */
export async function checkCore(): Promise<string | undefined> {
  const work = await mkdtemp(join(tmpdir(), 'covey-core-'));
  try {
    const hashes: string[] = [];
    for (const name of ['first.wasm', 'second.wasm']) {
      await compile(join(work, name));
      hashes.push(hashOf(await readFile(join(work, name))));
    }
    const [first, second] = hashes;
    if (first !== second) return `two builds differ: ${first} and ${second}`;
    const committed = (await readFile(hashPath, 'utf8').catch(() => 'nothing')).trim();
    if (committed !== first) {
      return `core.sha256 says ${committed}, the sources build to ${first}; run \`node wasm-core/build.ts --update\``;
    }
    return undefined;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function compile(outFile: string): Promise<void> {
  const args = [compiler, '--config', 'asconfig.json', '--target', 'release', '--outFile', outFile];
  try {
    await promisify(execFile)(process.execPath, args, { cwd: root });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`The AssemblyScript compiler failed:\n${stderr ?? String(error)}`, { cause: error });
  }
}

async function hashInputs(): Promise<string> {
  const hash = createHash('sha256');
  const names = (await readdir(sources, { recursive: true })).filter((name) => name.endsWith('.ts')).sort();
  const { version } = createRequire(import.meta.url)('assemblyscript/package.json') as { version: string };
  hash.update(`asc ${version}\0`).update(await readFile(join(root, 'asconfig.json')));
  for (const name of names) hash.update(`\0${name}\0`).update(await readFile(join(sources, name)));
  return hash.digest('hex');
}

function hashOf(bytes: Uint8Array): `0x${string}` {
  return `0x${createHash('sha256').update(bytes).digest('hex')}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const problem = await checkCore();
    console.log(problem ?? 'core.wasm: two builds are byte-identical and match core.sha256');
    if (problem) process.exitCode = 1;
  } else {
    const { sha256, rebuilt } = await buildCore();
    if (process.argv.includes('--update')) await writeFile(hashPath, `${sha256}\n`);
    console.log(`core.wasm ${sha256} (${rebuilt ? 'built' : 'up to date'})`);
  }
}
