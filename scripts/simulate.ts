// npm run simulate: plays federated rounds against every strategy on the real core, by seed.
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { isNodeError } from '@covey/nodes';
import { loadNodeCore, readCoreWasm } from '@covey/wasm-core/node';
import { sha256Hex } from '@covey/protocol';
import { cellsOf, joinedRows } from './simulate/cells.ts';
import { economy } from './simulate/economy.ts';
import { pageOf } from './simulate/page.ts';
import { readSource } from './simulate/play-spec.ts';
import { playAll } from './simulate/pool.ts';
import type { Report } from './simulate/report.ts';
import { SettingError } from './simulate/setting.ts';
import { growth } from './simulate/growth.ts';
import { publicEpochs } from './simulate/public-epochs.ts';
import { scale } from './simulate/scale.ts';
import { shapleyStudy } from './simulate/shapley.ts';
import { keyOf, type PlayResult, type PlaySpec } from './simulate/spec.ts';
import { studies, type StudyName } from './simulate/studies.ts';
import { wash } from './simulate/wash.ts';

const others = {
  economy: { about: 'validators, stakes, seats, slashes' },
  wash: { about: 'a creator who funds a task to itself' },
  public: { about: 'how long the core itself trains: 0, 1 and 3 epochs, eight rounds' },
  shapley: { about: 'pay against sampled Shapley values' },
  scale: { about: '1,250, 2,500 and 5,000 training nodes with 200 validators' },
  growth: { about: '`covey simulate` with 10, 100 and 1,000 nodes that all have seats' },
};

const usage = `usage: npm run simulate -- [--study NAME]… [options]

  --study NAME      ${[...Object.entries(studies), ...Object.entries(others)]
    .map(([name, { about }]) => `${name}: ${about}`)
    .join('\n                    ')}
                    Default reference; may be given several times.
  --seeds N         plays of each cell, seeds 1 to N (default 3)
  --hostile SHARE   part of the nodes that is hostile; may be given several times (default 0.1 and 0.4)
  --alpha A         Dirichlet split over labels, 0: IID; may be given several times (default 0 and 0.5)
  --setting NAME    reference (shards of 1,000) or little (shards of 200, no public training); default both
  --nodes N         training nodes (default 20)
  --rounds N        rounds (default 4)
  --attack NAME     only this strategy; may be given several times
  --keep FILE       plays that stand in this file (JSON lines) are not played again; new ones are added
  --kept            reports all plays of that file, and plays none
  --note TEXT       goes to the end of the page
  --threads N       plays at once (default 1)
  --out FOLDER      writes simulation.json, .md and .svg there
  --json            the cells as JSON (covey.simulation/1) on stdout
  --help

examples:
  npm run simulate -- --study reference --seeds 3 --setting reference --hostile 0.4
  npm run simulate -- --study adaptive --keep out/plays.jsonl --json
  npm run simulate -- --study reference --study adaptive --keep out/plays.jsonl --out docs/reference

exit codes: 0 done, 1 failed, 2 wrong arguments
`;

const options = {
  study: { type: 'string', multiple: true, default: ['reference'] },
  seeds: { type: 'string', default: '3' },
  hostile: { type: 'string', multiple: true, default: ['0.1', '0.4'] },
  alpha: { type: 'string', multiple: true, default: ['0', '0.5'] },
  setting: { type: 'string', multiple: true, default: ['reference', 'little'] },
  nodes: { type: 'string' },
  rounds: { type: 'string' },
  attack: { type: 'string', multiple: true },
  keep: { type: 'string' },
  kept: { type: 'boolean', default: false },
  note: { type: 'string' },
  threads: { type: 'string', default: '1' },
  out: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} satisfies ParseArgsOptionsConfig;

try {
  process.exitCode = await main();
} catch (error) {
  const typed = error instanceof SettingError || isNodeError(error) || (error instanceof TypeError && 'code' in error);
  process.stderr.write(`${typed ? (error as Error).message : (error as Error).stack}\n`);
  process.exitCode = typed ? 2 : 1;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const specs = plays(values);
  if (!specs) {
    process.stderr.write(usage);
    return 2;
  }
  const core = sha256Hex(await readCoreWasm());
  const results =
    values.kept && values.keep !== undefined
      ? [...(await kept(values.keep, core)).values()]
      : await played(specs, Number(values.threads), values.keep, core);
  const before = values.out === undefined ? {} : await sectionsIn(values.out);
  const sections = {
    ...before,
    ...(results.length > 0 && {
      attacks: {
        core,
        rows: joinedRows(before.attacks?.rows ?? [], cellsOf(results)),
        ...(values.note !== undefined && { note: values.note }),
      },
    }),
    ...(await more(values, core)),
  };
  const report: Report = { schema: 'covey.simulation/1', sections };
  if (values.out !== undefined) await write(values.out, report);
  if (values.json || values.out === undefined) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  return 0;
}

/** Studies that are not of plays by specification. */
async function more(values: Values, core: string): Promise<Report['sections']> {
  const seeds = Number(values.seeds);
  const heard = (done: string) => void process.stderr.write(`${done}\n`);
  const made: Report['sections'] = {};
  if (!values.study.some((name) => name in others)) return made;
  const [loaded, source] = await Promise.all([loadNodeCore(), readSource()]);
  if (values.study.includes('economy')) made.economy = { core, rows: await economy(loaded, source, seeds, heard) };
  if (values.study.includes('wash')) made.wash = { core, rows: await wash(loaded, source, seeds, heard) };
  if (values.study.includes('public')) made.public = { core, rows: await publicEpochs(loaded, source, seeds, heard) };
  if (values.study.includes('shapley')) made.shapley = { core, rows: await shapleyStudy(loaded, source, seeds, heard) };
  if (values.study.includes('scale'))
    made.scale = { core, rows: await scale(loaded, source, [1250, 2500, 5000], heard) };
  if (values.study.includes('growth'))
    made.growth = { core, rows: await growth(loaded, source, [10, 100, 1000], heard) };
  return made;
}

async function sectionsIn(folder: string): Promise<Report['sections']> {
  const text = await readFile(join(folder, 'simulation.json'), 'utf8').catch(() => undefined);
  return text === undefined ? {} : (JSON.parse(text) as Report).sections;
}

async function write(folder: string, report: Report): Promise<void> {
  await mkdir(folder, { recursive: true });
  const pages = pageOf(report, 'npm run simulate -- --study NAME --seeds N --keep FILE --out docs/reference');
  const files = { 'simulation.json': JSON.stringify(report), ...pages };
  const style = await resolveConfig(fileURLToPath(import.meta.url));
  for (const [name, text] of Object.entries(files)) {
    const plain = name.endsWith('.svg');
    await writeFile(join(folder, name), plain ? text : await format(text, { ...style, filepath: name }));
  }
  process.stderr.write(`${join(folder, 'simulation.md')}\n`);
}

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

/** Undefined for arguments that say nothing that can be played. */
function plays(values: Values): PlaySpec[] | undefined {
  const numbers = [...values.hostile, ...values.alpha, values.seeds, values.threads].map(Number);
  if (numbers.some((value) => !(value >= 0 && Number.isFinite(value)))) return undefined;
  if (values.hostile.map(Number).some((share) => share >= 1)) return undefined;
  if (!values.study.every((name) => Object.hasOwn(studies, name) || Object.hasOwn(others, name))) return undefined;
  if (!values.setting.every((name) => name === 'reference' || name === 'little')) return undefined;
  const all = values.study
    .filter((name) => Object.hasOwn(studies, name))
    .flatMap((name) =>
      studies[name as StudyName].plays({
        seeds: Number(values.seeds),
        hostile: values.hostile.map(Number),
        alphas: values.alpha.map(Number),
        settings: values.setting as PlaySpec['setting'][],
        change: {
          ...(values.nodes !== undefined && { nodes: Number(values.nodes) }),
          ...(values.rounds !== undefined && { rounds: Number(values.rounds) }),
        },
      }),
    );
  const wanted = values.attack && new Set([...values.attack, 'honest']);
  const unique = new Map(all.filter(({ attack }) => wanted?.has(attack) ?? true).map((spec) => [keyOf(spec), spec]));
  return [...unique.values()];
}

/** All results, in the order of the specs. */
async function played(
  specs: PlaySpec[],
  threads: number,
  keep: string | undefined,
  core: string,
): Promise<PlayResult[]> {
  const known = keep === undefined ? new Map<string, PlayResult>() : await kept(keep, core);
  const missing = specs.filter((spec) => !known.has(keyOf(spec)));
  let done = 0;
  const began = performance.now();
  await playAll(missing, threads, async (result) => {
    known.set(keyOf(result.spec), result);
    if (keep !== undefined) await appendFile(keep, `${JSON.stringify({ core, ...result })}\n`);
    const { attack, hostile, how, setting, change, seed } = result.spec;
    const left = ((performance.now() - began) / ++done / 60_000) * (missing.length - done);
    const what = `${setting} ${JSON.stringify(change)} ${attack} ${hostile} ${how} seed ${seed}`;
    process.stderr.write(
      `${done}/${missing.length} ${what}: ${result.accuracy.toFixed(2)} (${left.toFixed(1)} min left)\n`,
    );
  });
  return specs.map((spec) => known.get(keyOf(spec))!);
}

/** Only what this very core played. */
async function kept(file: string, core: string): Promise<Map<string, PlayResult>> {
  await mkdir(dirname(file), { recursive: true });
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter(Boolean);
  const all = lines.map((line) => JSON.parse(line) as PlayResult & { core: string });
  return new Map(all.filter((one) => one.core === core).map((one) => [keyOf(one.spec), one]));
}
