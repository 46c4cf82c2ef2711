import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pack } from './pack.ts';
import { libraries } from './pack/libraries.ts';
import { root } from './process.ts';

const run = promisify(execFile);
let folder: string;
let covey: string;
let tarballs: string[];

/** The pinned Node, and the one that the machine has of itself, whichever it is. */
const nodes = [process.execPath, ...systemNodes()];

function systemNodes(): string[] {
  const own = (process.env.PATH ?? '').split(delimiter).filter((path) => !path.includes('node_modules'));
  const found = own.map((path) => join(path, 'node')).find((path) => existsSync(path));
  if (found === undefined || realpathSync(found) === realpathSync(process.execPath)) return [];
  const version = execFileSync(found, ['--version'], { encoding: 'utf8' });
  return Number.parseInt(version.slice(1), 10) >= 20 ? [found] : [];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covey-packed-'));
  tarballs = await pack(join(folder, 'out'));
  const prefix = join(folder, 'prefix');
  await run('npm', ['install', '-g', '--offline', '--no-audit', '--no-fund', '--prefix', prefix, tarballs[0]!]);
  covey = join(prefix, 'lib/node_modules/covey');
  await installLibraries(join(folder, 'consumer', 'node_modules'));
});

afterAll(async () => {
  if (folder) await rm(folder, { recursive: true });
});

/** As npm would, but with third parties' packages from this repository: nothing is asked of a registry. */
async function installLibraries(modules: string): Promise<void> {
  for (const [i, name] of libraries.entries()) {
    const target = join(modules, '@covey', name);
    await mkdir(join(target, 'node_modules'), { recursive: true });
    await run('tar', ['xzf', tarballs[i + 1]!, '-C', target, '--strip-components=1']);
    const { dependencies = {} } = JSON.parse(await readFile(join(target, 'package.json'), 'utf8')) as {
      dependencies?: Record<string, string>;
    };
    for (const dependency of Object.keys(dependencies)) {
      if (dependency.startsWith('@covey/')) continue;
      const link = join(target, 'node_modules', dependency);
      await mkdir(join(link, '..'), { recursive: true });
      const places = [name, '.'].map((place) => join(root, place, 'node_modules', dependency));
      await symlink(
        places.find((place) => existsSync(place))!,
        link,
      );
    }
  }
}

const covered = (args: string[], node = process.execPath, flags: string[] = []) =>
  run(node, [...flags, join(covey, 'bin/covey.mjs'), ...args], { cwd: folder });

describe('the packed command', () => {
  it('is installed without a registry, with its licence, and those of what is bundled', async () => {
    expect((await readdir(join(folder, 'prefix/lib/node_modules'))).sort()).toEqual(['covey']);
    expect(readFileSync(join(covey, 'LICENSE'), 'utf8')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
    expect(readFileSync(join(covey, 'README.md'), 'utf8')).not.toMatch(/\]\(\.\.?\//);
    expect(readFileSync(join(covey, 'THIRD-PARTY-NOTICES.txt'), 'utf8')).toMatch(/^viem \d.* \(MIT\)$/m);
    expect(readFileSync(join(covey, 'dist/core.wasm'))).toEqual(readFileSync(join(root, 'wasm-core/dist/core.wasm')));
  });

  it.each(nodes)('runs on %s', async (node) => {
    expect((await covered(['--help'], node)).stdout).toContain('covey [options] [command]');
    const { version } = JSON.parse(readFileSync(join(covey, 'package.json'), 'utf8')) as Record<string, string>;
    const core = readFileSync(join(root, 'wasm-core/core.sha256'), 'utf8').trim();
    const { stdout } = await covered(['--version', '--json'], node);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'covey.version/1', covey: version, core });
    await expect(covered(['task', 'show', '--task', '1'], node)).rejects.toMatchObject({ code: 2 });
  });

  it.each(nodes)('imports, drafts and plays a whole task on %s', async (node) => {
    const here = await mkdtemp(join(folder, 'work-'));
    const rows = Array.from({ length: 400 }, (_, i) => `${i % 20},${(i * 7) % 13},${i % 20 > 9 ? 'high' : 'low'}`);
    await writeFile(join(here, 'rows.csv'), ['a,b,level', ...rows].join('\n'));
    const typed = [
      'data split rows.csv --label level --nodes 3 --how iid --validation 0.5 --out shards',
      'task new --data shards/validation.safetensors --name Levels --rounds 1 --reward 1000 --out task.json',
      'simulate task.json --data shards/shard-0.safetensors --nodes 3 --json',
    ];
    let last = '';
    for (const line of typed)
      last = (await run(node, [join(covey, 'bin/covey.mjs'), ...line.split(' ')], { cwd: here })).stdout;
    expect(JSON.parse(last)).toMatchObject({ schema: 'covey.simulate/1' });
  });

  it('says to a Node that is too old what is wrong', async () => {
    const pretend = "Object.defineProperty(process, 'versions', { value: { node: '18.20.4' } })";
    const flags = ['--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
    await expect(covered(['--help'], process.execPath, flags)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^covey needs Node 20 or newer; this is v/),
    });
  });
});

describe('the packed libraries', () => {
  it('are imported by a program in another folder, by its types and by its run', async () => {
    const consumer = join(folder, 'consumer');
    const source = await readFile(join(root, 'scripts/pack/consumer.ts'), 'utf8');
    await writeFile(join(consumer, 'consumer.mts'), source);
    await symlink(join(root, 'node_modules/@types'), join(consumer, 'node_modules/@types'));
    const options: ts.CompilerOptions = {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      strict: true,
      skipLibCheck: true,
      lib: ['lib.es2022.d.ts'],
      types: ['node'],
      typeRoots: [join(consumer, 'node_modules/@types')],
    };
    const program = ts.createProgram([join(consumer, 'consumer.mts')], options);
    const problems = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    expect(problems).toEqual([]);
    program.emit();
    for (const node of nodes) {
      const { stdout } = await run(node, [join(consumer, 'consumer.mjs'), covey]);
      const exports = ['function', 'object', true, true];
      expect(JSON.parse(stdout)).toEqual({ same: true, coded: true, exports, declared: 6 });
    }
  });
});
