// Builds what is generated and not committed: the wasm core and the web app. `npm run build [-- --force]`.
// `--for SCRIPT`: what that script needs, which is what bootstrap.mjs asks for before it starts one.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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
    '{errors,protocol,client,governance,nodes}/src/**/*.ts',
    'server/src/schema/*.ts',
    'wasm-core/loader/**/*.ts',
    'contracts/abi/**/*.ts',
    'package-lock.json',
    core.output,
  ],
  output: 'web/dist/index.html',
  command: ['vite', 'build', 'web', '--logLevel', 'warn'],
};

/** The scripts that serve the web app's files. Every script may load the core; this one asks for what it wants itself. */
const servesWeb = ['scripts/demo/main.ts', 'scripts/test.ts', 'scripts/voters/main.ts'];

const neededBy = (script: string): Target[] => {
  if (script === 'scripts/build.ts') return [];
  return servesWeb.includes(script) ? [core, web] : [core];
};

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

if (import.meta.main) {
  const { values } = parseArgs({ options: { force: { type: 'boolean' }, for: { type: 'string' } } });
  const targets = values.for === undefined ? [core, web] : neededBy(values.for);
  for (const target of targets) await buildTarget(target, values.force ?? false);
}
