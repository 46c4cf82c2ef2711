// Builds what is generated and not committed: the wasm core and the web app. `npm run build [-- --force]`.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './process.ts';

interface Target {
  name: string;
  /** Globs of everything that the output depends on. */
  sources: string[];
  output: string;
  command: [string, ...string[]];
}

const core: Target = {
  name: 'wasm core',
  sources: ['wasm-core/assembly/**/*.ts', 'wasm-core/build.ts', 'asconfig.json', 'package-lock.json'],
  output: 'wasm-core/dist/core.wasm',
  command: ['node', 'wasm-core/build.ts'],
};

const web: Target = {
  name: 'web app',
  sources: [
    'web/{src,public}/**/*',
    'web/*.{html,ts,json}',
    '{protocol,governance,nodes}/src/**/*.ts',
    'server/src/schema/*.ts',
    'wasm-core/loader/**/*.ts',
    'contracts/abi/*.ts',
    'package-lock.json',
    core.output,
  ],
  output: 'web/dist/index.html',
  command: ['vite', 'build', 'web', '--logLevel', 'warn'],
};

export async function build(force = false): Promise<void> {
  await buildTarget(core, force);
  await buildTarget(web, force);
}

export const buildCore = (force = false): Promise<void> => buildTarget(core, force);

async function buildTarget(target: Target, force: boolean): Promise<void> {
  const stamp = join(root, '.covey', 'build', target.name.replaceAll(' ', '-'));
  const inputs = digest(target.sources);
  const fresh = existsSync(join(root, target.output)) && existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs;
  if (fresh && !force) return;
  process.stderr.write(`Covey: building the ${target.name}…\n`);
  const [command, ...args] = target.command;
  const result = await run(command, args);
  if (result.code !== 0) throw new Error(`Building the ${target.name} failed:\n${result.stdout}${result.stderr}`);
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, inputs);
}

function digest(patterns: string[]): string {
  const hash = createHash('sha256');
  const files = patterns
    .flatMap((pattern) => globSync(pattern, { cwd: root, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

if (import.meta.main) await build(process.argv.includes('--force'));
