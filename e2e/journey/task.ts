// One task from its creator's file to who was paid, by commands alone.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from '@covey/client/testing/pace';
import type { Daemon, Person } from './world.ts';

export interface Kind {
  name: string;
  /** Writes samples of a seed into a folder; the file or folder that `data import` takes. */
  write(folder: string, seed: number, samples: number): string;
  /** Of `data import`, for the creator: nodes do as the task says. */
  importing: string[];
  /** Of `task new`. */
  drafting: string[];
  samples: { hidden: number; node: number };
  /** Training nodes beside those with a daemon. */
  byHand?: number;
}

export const rounds = 2;
const reward = '4000';

/** Makes, checks, proposes and funds a task of the creator's own data. */
export async function propose(creator: Person, { name, write, importing, drafting, samples }: Kind): Promise<string> {
  const source = write(creator.folder, 1, samples.hidden);
  await creator.covey('data', 'import', source, ...importing, '--out', 'hidden.safetensors');
  const terms = ['--name', name, '--rounds', String(rounds), '--reward', reward, '--licence', 'CC0-1.0'];
  const draft = ['--data', 'hidden.safetensors', '--pace', 'minutes', ...terms, ...drafting];
  await creator.covey('task', 'new', ...draft, '--out', 'task.json');
  const check = await creator.covey('task', 'check', 'task.json');
  if (check.ok !== true) throw new Error(`${name}: ${JSON.stringify(check.findings)}`);
  const { taskId } = await creator.covey('task', 'create', 'task.json', '--keys', 'shard-keys.json');
  await creator.covey('task', 'fund', '--task', String(taskId), '--amount', reward);
  return String(taskId);
}

/** Puts the approval to the vote, and executes what was decided. */
export async function approve(author: Person, others: readonly Person[], taskId: string): Promise<void> {
  const form = ['--form', 'task.approve', '--set', `taskId=${taskId}`, '--title', `Approve task ${taskId}`];
  const { proposalId } = await author.covey('proposal', 'create', ...form, '--vote', 'yes');
  const proposal = ['--proposal', String(proposalId)];
  for (const voter of others) await voter.covey('proposal', 'vote', ...proposal, '--option', 'yes');
  await until(`the vote on proposal ${String(proposalId)}`, async () => {
    const { proposal: shown } = await author.covey('proposal', 'show', ...proposal);
    return (shown as { state: string }).state === 'succeeded';
  });
  await author.covey('proposal', 'execute', ...proposal);
}

/** Starts the creator's daemon and training nodes with data of their own, prepared as the task says. */
export async function train(kind: Kind, taskId: string, creator: Person, trainers: Person[]): Promise<Daemon[]> {
  const task = ['--task', taskId];
  const counts = ['--trainers', String(trainers.length + (kind.byHand ?? 0)), '--validators', '2'];
  const nodes = trainers.map(async (trainer, i) => {
    const source = kind.write(trainer.folder, 100 + i, kind.samples.node);
    const text = kind.importing.slice(0, kind.importing.indexOf('--length') < 0 ? 0 : 2);
    await trainer.covey('data', 'import', source, ...task, ...text, '--out', 'own.safetensors');
    return trainer.start('train', ...task, '--data', 'own.safetensors', '--stake', '2000', '--max-stake', '2000');
  });
  const running = await Promise.all(nodes);
  return [creator.start('creator', ...task, '--keys', 'shard-keys.json', ...counts), ...running];
}

/** Until all tasks have had all of their rounds: one look at the list for all of them. */
export async function completed(person: Person, taskIds: readonly string[]): Promise<void> {
  const open = async () => {
    const { tasks } = await person.covey('task', 'list', '--limit', '20');
    const states = new Map((tasks as { taskId: string; state: string }[]).map(({ taskId, state }) => [taskId, state]));
    return taskIds.filter((taskId) => states.get(taskId) !== 'completed');
  };
  await until(`the end of tasks ${taskIds.join(', ')}`, async () => (await open()).length === 0, 600_000);
}

export async function until(what: string, holds: () => Promise<boolean>, patience = 300_000): Promise<void> {
  const end = performance.now() + scaled(patience);
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what} was awaited for ${Math.round(scaled(patience) / 1000)} s.`);
    // A look is a process of its own: it takes a core's second.
    await sleep(5_000);
  }
}

/** What a person's daemon has said so far; amounts and ids are texts of decimals. */
export function eventsOf(folder: string, command: string): ({ event: string } & Record<string, unknown>)[] {
  return readFileSync(join(folder, `${command}.log`), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as { event: string });
}

/** The last lines of every log in a folder, for a failure's message. */
export function logsIn(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.log'))
    .map((name) => `${name}:\n${readFileSync(join(folder, name), 'utf8').split('\n').slice(-12).join('\n')}`)
    .join('\n');
}
