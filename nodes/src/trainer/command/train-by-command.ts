import type { TaskDocument } from '@covey/protocol';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeError } from '../../errors.ts';
import { assertFinishable, type MadeFile } from '../finish-update.ts';
import type { Produce, RoundToTrain } from '../produce.ts';
import { releaseUpdate, type Release } from '../release-update.ts';
import { roundSeed } from '../round-seed.ts';
import type { Finishing } from '../training.ts';
import { Retries } from './retries.ts';
import { runCommand } from './run-command.ts';
import { folderFiles, writeTaskFolder } from './task-folder.ts';

export interface CommandTraining extends Release {
  /** As one would type it in a shell. */
  command: string;
  finish: Finishing;
  /** Path of the data that the command is told of. */
  data?: string | undefined;
  training?: Partial<TaskDocument['training']>;
  seed?: number;
}

/** Seconds kept for what comes after the command: a tenth of what is left, within these bounds. */
const margin = { least: 5, most: 60 };

/**
 * Has a command train for each round: any framework, on any device. What fails is tried again while the round's window
 * lasts, later and later; nothing of it ends the node.
 */
export function trainByCommand({ command, finish, data, training, seed, ...release }: CommandTraining): Produce {
  const retries = new Retries();
  return async (at) => {
    const { taskId, round, task } = at;
    assertFinishable({ task, ...release });
    if (retries.isEarly(taskId, round)) return null;
    const seconds = await secondsFor(at);
    const folder = join(at.folder, `command-${taskId}-${round}`);
    try {
      await forgetOthers(at.folder, taskId);
      const base = { cid: await at.baseCid(), bytes: await at.base() };
      // It only informs: whoever serves none, or a wrong one, does not keep a node that has joined from its commitment.
      const dataDescription = (await at.dataDescription().catch(() => undefined)) ?? null;
      const written = { taskId, round, task, base, seconds, dataDescription, data: data ?? null };
      const suggested = { ...task.training, ...training };
      await writeTaskFolder(folder, { ...written, training: suggested, seed: seed ?? roundSeed(at) });
      await run(at, { command, folder, seconds });
      const file = await madeFile(folder, task);
      const bytes = await releaseUpdate(at, release, (options) =>
        finished(() => finish({ ...options, task, file, base: base.bytes, signal: at.signal, limits: at.limits })),
      );
      await rm(folder, { recursive: true, force: true });
      return bytes;
    } catch (error) {
      retries.failed(taskId, round, seconds);
      throw error;
    }
  };
}

/** What the window leaves to the command. Throws COMMAND_TIMEOUT where that is nothing. */
async function secondsFor({ secondsLeft, limits }: RoundToTrain): Promise<number> {
  const left = await secondsLeft();
  const kept = Math.min(margin.most, Math.max(margin.least, left / 10));
  const seconds = Math.floor(Math.min(left - kept, (limits?.maxComputeMs ?? Infinity) / 1000));
  if (seconds >= 1) return seconds;
  throw nodeError('COMMAND_TIMEOUT', 'The round’s window leaves no time to run the training command.', {
    expected: `more than ${margin.least} s before the window of commitments ends`,
  });
}

async function run(
  at: RoundToTrain,
  { command, folder, seconds }: { command: string; folder: string; seconds: number },
): Promise<void> {
  const { taskId, round, onEvent, signal } = at;
  onEvent({ event: 'command-started', folder, seconds, taskId, round });
  const started = performance.now();
  await runCommand({
    command,
    env: { COVEY_TASK: folder },
    limitMs: seconds * 1000,
    signal,
    onLine: (line) => onEvent({ event: 'command-said', line, taskId, round }),
  });
  const took = Math.round((performance.now() - started) / 100) / 10;
  onEvent({ event: 'command-ended', seconds: took, taskId, round });
}

/** What the command left: a model, or an update where the task takes one. */
async function madeFile(folder: string, { mode }: TaskDocument): Promise<MadeFile> {
  const names = mode === 'federated' ? (['model', 'update'] as const) : (['model'] as const);
  for (const holds of names) {
    const bytes = await readFile(join(folder, folderFiles[holds])).catch(() => null);
    if (bytes) return { bytes, holds };
  }
  throw nodeError('COMMAND_BAD_OUTPUT', 'The training command ended without a file to submit.', {
    expected: names.map((name) => folderFiles[name]).join(' or '),
    got: `in ${folder}: ${(await readdir(folder)).join(', ')}`,
  });
}

/** What is wrong with the file is the command's fault, and is said as such. */
async function finished<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code = '', message } = cause as { code?: string; message: string };
    if (!code.startsWith('PROTOCOL_')) throw cause;
    throw nodeError('COMMAND_BAD_OUTPUT', 'The training command’s file is not one to submit.', { got: message, cause });
  }
}

/** Folders of this task's other rounds; one that failed is left to be looked at until the next. */
async function forgetOthers(folder: string, taskId: bigint): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const own = names.filter((name) => name.startsWith(`command-${taskId}-`));
  await Promise.all(own.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}
