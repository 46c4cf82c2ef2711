// Disk, memory, and how fast the core computes here.
import type { TaskDocument, PolicyValues } from '@covey/protocol';
import { roundCost } from '@covey/protocol';
import {
  integerType,
  networkLayout,
  valueTypes,
  type Core,
  type Inputs,
  type Layer,
  type ValueType,
} from '@covey/wasm-core';
import { mkdir, readFile, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fail, ok, warn, type Finding } from '../creator/check/finding.ts';
import { memoryOf } from '../participant/limits.ts';
import { bytesText, countText, durationText } from '../quantities.ts';

const MiB = 2 ** 20;
/** A state folder holds what rounds need; models of the largest size are 64 MiB each. */
const disk = { least: 100 * MiB, good: 2_048 * MiB };
/** Of the process without a task, and with a middling one. */
const memory = { least: 200 * MiB, good: 512 * MiB };

export async function checkDisk(folder: string): Promise<Finding[]> {
  const bound = `at least ${bytesText(disk.good)} free`;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const probe = join(folder, `.doctor-${process.pid}`);
    await writeFile(probe, 'covey doctor');
    await rm(probe);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const value = `${folder}: ${bytesText(free)} free`;
    const next = 'Free some, or name another folder with --state-dir; move what is in this one there: it has salts.';
    if (free < disk.least) return [fail('disk', value, bound, next)];
    return [free < disk.good ? warn('disk', value, bound, next) : ok('disk', value, bound)];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    return [
      fail(
        'disk',
        `${folder}: ${code}`,
        'a folder that can be written',
        'Change its owner, or name another with --state-dir.',
      ),
    ];
  }
}

/** Files that hold secrets are for their owner alone. */
export async function checkSecrets(files: readonly (string | undefined)[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const file of files) {
    if (file === undefined) continue;
    const mode = (await stat(file).catch(() => undefined))?.mode ?? 0;
    if ((mode & 0o077) === 0) continue;
    findings.push(warn('secrets', `${file} can be read by others`, 'for its owner alone', `chmod 600 ${file}`));
  }
  return findings;
}

export async function checkMemory(task: TaskDocument | undefined, policy: PolicyValues | undefined): Promise<Finding> {
  const free = await availableMemory();
  const value = `${bytesText(free)} free of ${bytesText(totalmem())}`;
  const needed = task && policy ? memoryOf('validator', task, policy) + memory.least : memory.good;
  const bound = task
    ? `a round of the task takes a validator up to ${bytesText(needed)}`
    : `at least ${bytesText(needed)}`;
  const next = 'Stop something else, or leave such tasks out with --max-memory.';
  if (free < Math.min(needed, memory.least)) return fail('memory', value, bound, next);
  return free < needed ? warn('memory', value, bound, next) : ok('memory', value, bound);
}

/** What can be had without swapping; Linux counts its caches as free there, os.freemem on older Nodes does not. */
async function availableMemory(): Promise<number> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const found = /^MemAvailable:\s+(\d+) kB$/m.exec(text)?.[1];
  return found === undefined ? freemem() : Number(found) * 1024;
}

/** A middling network of dense layers, where no task is named. */
const typical: Pick<TaskDocument['architecture'], 'layers' | 'input' | 'arithmetic'> = {
  layers: [{ type: 'dense', inputs: 784, outputs: 256 }, { type: 'relu' }, { type: 'dense', inputs: 256, outputs: 10 }],
  input: 'u8',
};

/** Multiply-adds to measure by: a fraction of a second. */
const sample = 300_000_000;

/** Multiply-adds of the network that the core does in a second, on one thread. */
export function measureRate(core: Core, { layers, input, arithmetic } = typical): bigint {
  const { work, input: taken } = networkLayout(layers as Layer[], arithmetic);
  const samples = Math.max(1, Math.min(20_000, Math.floor(sample / work)));
  const each = taken.kind === 'tokens' ? taken.size + 1 : taken.size;
  const type = taken.kind === 'features' ? (input as ValueType) : integerType(taken.vocabulary);
  const inputs = new valueTypes[type].Array(samples * each) as Inputs;
  const parameters = core.initialise(layers as Layer[], 1);
  core.outputs({ layers: layers as Layer[], arithmetic, parameters, inputs: inputs.slice(0, each) as Inputs });
  const started = performance.now();
  core.outputs({ layers: layers as Layer[], arithmetic, parameters, inputs });
  const seconds = Math.max(1e-3, (performance.now() - started) / 1000);
  return BigInt(Math.round((work * samples) / seconds));
}

export interface RateQuestion {
  rate: bigint;
  policy: Pick<PolicyValues, 'scoringRate' | 'trainerSeats'>;
  task?: { taskId: bigint; document: TaskDocument } | undefined;
}

/** Against what validators promise, and the window in which a task's rounds are scored. */
export function checkRate({ rate, policy, task }: RateQuestion): Finding[] {
  const value = `${countText(rate)} multiply-adds a second on one thread`;
  const bound = `validators must manage ${countText(policy.scoringRate)}`;
  const next = 'Use a faster machine, or stop what else it does; a late result is a slash.';
  const findings = [rate < policy.scoringRate ? warn('speed', value, bound, next) : ok('speed', value, bound)];
  if (!task) return findings;
  const { resultCommit } = task.document.windows;
  const seconds = (roundCost(task.document, policy) + rate - 1n) / rate;
  const told = `scoring a round takes up to ${durationText(seconds)} here`;
  const window = `its window of results is ${durationText(resultCommit)}`;
  const field = `task ${task.taskId}`;
  if (seconds > BigInt(resultCommit)) findings.push(fail(field, told, window, `Leave it out with --task: ${next}`));
  else if (seconds * 2n > BigInt(resultCommit)) findings.push(warn(field, told, window, next));
  else findings.push(ok(field, told, window));
  return findings;
}
