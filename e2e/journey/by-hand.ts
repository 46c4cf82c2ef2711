// Somebody without a daemon: makes a model with numpy and the Python package, submits the file, and claims what it earned.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/process.ts';
import type { Kind } from './task.ts';
import type { Person, Program } from './world.ts';

const script = join(root, 'e2e/journey/least_squares.py');
/** So many that none of the nodes' models comes near. */
const samples = 3_000;

export async function submitByHand(kind: Kind, taskId: string, person: Person): Promise<Program> {
  const source = kind.write(person.folder, 200, samples);
  await person.covey('data', 'import', source, '--task', taskId, '--out', 'own.safetensors');
  copyFileSync(script, join(person.folder, 'model.py'));
  return person.python('model.py', taskId, 'own.safetensors');
}

export interface Claimed {
  node: string;
  /** Wei, by round. */
  totals: Map<number, bigint>;
}

export async function claimByHand(taskId: string, person: Person): Promise<Claimed> {
  const { node, trainer } = await person.covey('claim', '--task', taskId);
  const rounds = trainer as { round: number; total: string }[];
  return { node: String(node), totals: new Map(rounds.map(({ round, total }) => [round, BigInt(total)])) };
}
