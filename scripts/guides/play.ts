// Plays the steps against a fast developer chain, as people of one language would, and keeps what their terminals show.
import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { wordsOf } from '../checks/command-lines.ts';
import { root } from '../process.ts';
import { housesCsv } from './houses.ts';
import type { GuideLanguage } from './numbers.ts';
import { players, type Player, type Step, type Waited } from './players.ts';
import { steps } from './steps.ts';

const locales: Record<GuideLanguage, string> = { en: 'C.UTF-8', 'zh-Hans': 'zh_CN.UTF-8', 'zh-Hant': 'zh_TW.UTF-8' };
/** Milliseconds: between two looks, and before a step is given up. */
const [pause, patience] = [3_000, 900_000];

/** The terminals by the names of their blocks. */
export type Transcripts = Record<string, string>;

/** The files that the guides begin with, in the folders of those who own them. */
export function writeExamples(folder: string): void {
  const files: [Player, string, string][] = [
    ['creator', 'houses.csv', housesCsv(1_500, 1)],
    ['creator', 'few.csv', housesCsv(3, 9)],
    ['buyer', 'few.csv', housesCsv(3, 9)],
    ...(['trainer', 'trainer-2', 'trainer-3'] as const).map((as, i): [Player, string, string] => [
      as,
      'mine.csv',
      housesCsv(1_200 - 300 * i, 2 + i),
    ]),
  ];
  for (const [as, name, text] of files) {
    mkdirSync(join(folder, as), { recursive: true });
    writeFileSync(join(folder, as, name), text);
  }
}

export async function play(folder: string, language: GuideLanguage, say: (line: string) => void): Promise<Transcripts> {
  writeExamples(folder);
  for (const as of Object.keys(players)) {
    mkdirSync(join(folder, as), { recursive: true });
    writeFileSync(join(folder, as, 'password'), 'correct horse battery staple\n');
    chmodSync(join(folder, as, 'password'), 0o600);
  }
  const chain = await startChain(folder);
  const daemons: { name?: string; line: string; child: ChildProcess; heard: () => string }[] = [];
  const transcripts: Transcripts = {};
  const kept: Record<string, string> = {};
  try {
    for (const { type, ...rest } of steps) {
      const step = { ...rest, type: type.map((line) => line.replace(/\{(\w+)\}/g, (_, name: string) => kept[name]!)) };
      say(`${language}: ${step.as}: ${step.type.join('; ')}`);
      if (step.daemon) {
        const { child, heard } = start(folder, step, step.type[0]!, language);
        daemons.push({ ...(step.name && { name: step.name }), line: step.type[0]!, child, heard });
      } else if (step.keeps) {
        const result = await ask<Record<string, string>>(folder, step.as, step.type[0]!);
        for (const [name, field] of Object.entries(step.keeps)) kept[name] = result[field]!;
      } else {
        const text = await typeAll(folder, step, language);
        if (step.name) transcripts[step.name] = text;
      }
      if (step.then) await until(step.then, folder, daemons);
    }
    for (const { name, line, heard } of daemons)
      if (name) transcripts[name] = shown([`$ ${line}`, ...asOnTerminal(heard())], folder);
    return transcripts;
  } finally {
    for (const { child } of daemons) child.kill('SIGTERM');
    await Promise.all([...daemons.map(({ child }) => gone(child)), stop(chain)]);
  }
}

const gone = (child: ChildProcess) =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise<void>((resolve) => child.once('exit', () => resolve()));

async function stop(chain: ChildProcess): Promise<void> {
  chain.kill('SIGINT');
  await gone(chain);
}

/** A chain of its own, whose clock passes what nobody waits for. */
async function startChain(folder: string): Promise<ChildProcess> {
  const log = join(folder, 'dev.log');
  const args = [join(root, 'scripts/dev.ts'), '--fast', '--no-web', '--dir', join(folder, '.covey', 'dev')];
  const chain = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], { cwd: folder });
  let said = '';
  for (const stream of [chain.stdout, chain.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      appendFileSync(log, chunk);
    });
  const end = Date.now() + patience;
  while (!said.includes('--fast --guide')) {
    if (chain.exitCode !== null || Date.now() > end) throw new Error(`The chain did not start:\n${said}`);
    await sleep(pause);
  }
  return chain;
}

async function typeAll(folder: string, step: Step, language: GuideLanguage): Promise<string> {
  const lines: string[] = [];
  for (const [i, line] of step.type.entries()) {
    const { child, heard } = start(folder, step, line, language);
    await gone(child);
    const expected = i === step.type.length - 1 ? (step.exit ?? 0) : 0;
    if (child.exitCode !== expected)
      throw new Error(`${step.as}: ${line}\nended with ${child.exitCode}, not ${expected}:\n${heard()}`);
    lines.push(`$ ${line}`, ...heard().trimEnd().split('\n'));
  }
  return shown(lines, folder);
}

/** A command as it would be typed, in the folder of who types it. */
function start(folder: string, { as }: Step, line: string, language: GuideLanguage) {
  const cwd = join(folder, as);
  const main = join(root, 'nodes/src/cli/main.ts');
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:COVEY_|LC_|LANG)/.test(name))),
    ...{ HOME: cwd, XDG_CONFIG_HOME: join(cwd, '.config'), LANG: locales[language] },
    COVEY_PASSWORD_FILE: join(cwd, 'password'),
  };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, ...wordsOf(line).slice(1)], {
    cwd,
    env,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  return { child, heard: () => said };
}

/** What a log shows on a terminal: without dates, and each line once that all rounds have. */
const asOnTerminal = (log: string): string[] =>
  log
    .trimEnd()
    .split('\n')
    .map((line) => line.replace(/^\d{4}-\d\d-\d\dT(\d\d:\d\d:\d\d)\.\d+Z/, '$1'));

/** Where it was played is nobody's concern; steps of progress are one line on a terminal. */
function shown(lines: readonly string[], folder: string): string {
  const text = lines
    .filter((line, i) => !(isProgress(line) && isProgress(lines[i + 1] ?? '')))
    .join('\n')
    .replaceAll(folder, '~/covey');
  return `\`\`\`console\n${text}\n\`\`\``;
}

const isProgress = (line: string) => /^\S+ \d+\/\d+$/.test(line);

async function until(what: Waited, folder: string, daemons: readonly { heard: () => string }[]): Promise<void> {
  const end = Date.now() + patience;
  while (!(await came(what, folder, daemons))) {
    if (Date.now() > end) throw new Error(`Nobody saw this in ${patience / 1000} s: ${what}`);
    await sleep(pause);
  }
}

async function came(what: Waited, folder: string, daemons: readonly { heard: () => string }[]): Promise<boolean> {
  // The part of its stake that a node has allocated is the same in every language.
  if (what === 'allocated') return daemons.every(({ heard }) => heard().includes('100 %'));
  if (what === 'host serving') return daemons.some(({ heard }) => heard().includes('8787'));
  if (what === 'vouchers redeemed') {
    const { channels } = await ask<{ channels: { redeemed: string }[] }>(folder, 'buyer', 'covey channel show');
    return channels.some(({ redeemed }) => redeemed !== '0');
  }
  if (what === 'vote passed') {
    const asked = 'covey proposal show --proposal 0';
    const { proposal } = await ask<{ proposal?: { state?: string } }>(folder, 'delegate', asked);
    return proposal?.state === 'succeeded';
  }
  const { state } = await ask<{ state?: string }>(folder, 'creator', 'covey task show --task 1');
  return state === 'completed';
}

async function ask<Result>(folder: string, as: Player, line: string): Promise<Result> {
  const { child, heard } = start(folder, { as, type: [] }, `${line} --json`, 'en');
  await gone(child);
  return JSON.parse(heard().trim().split('\n').at(-1)!) as Result;
}
