import type { TaskOnChain } from '@covey/client';
import { open, readFile, rename } from 'node:fs/promises';
import { keyCommitment } from '@covey/protocol';
import type { Hex } from 'viem';
import { z } from 'zod';
import type { PreparedValidation } from '../data/validation.ts';
import { nodeError } from '../errors.ts';

const hex32 = z.custom<Hex>((value) => /^0x[0-9a-f]{64}$/.test(String(value)));

const keyFileSchema = z.strictObject({
  schema: z.literal('covey.task-keys/1'),
  /** One for each round. */
  rounds: z.array(hex32),
  holdout: hex32,
});

/** The secret keys of a task's validation shards. Losing them costs the creation stake. */
export type KeyFile = z.infer<typeof keyFileSchema>;

export function keyFileOf(validation: PreparedValidation): KeyFile {
  return {
    schema: 'covey.task-keys/1',
    rounds: validation.shards.map(({ key }) => key),
    holdout: validation.holdout.key,
  };
}

/** Writes the keys for their owner's eyes only, whole or not at all, before anything depends on them. */
export async function writeKeyFile(path: string, keys: KeyFile): Promise<void> {
  const file = await open(`${path}.tmp`, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(keys, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.tmp`, path);
}

export async function readKeyFile(path: string): Promise<KeyFile> {
  try {
    return keyFileSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `${path} is not a key file.`, {
      expected: 'the file that `covey task create` wrote (schema covey.task-keys/1)',
      cause,
    });
  }
}

export function roundKey(keys: KeyFile, round: number): Hex {
  const key = keys.rounds[round];
  if (!key) {
    throw nodeError('KEYS_MISSING', `The key file has no key for round ${round}.`, {
      expected: `0 to ${keys.rounds.length - 1}`,
      got: String(round),
    });
  }
  return key;
}

/** Throws KEYS_MISSING unless these are the keys that the task committed to. */
export function requireKeys({ taskId, keyCommitments }: Pick<TaskOnChain, 'taskId' | 'keyCommitments'>, keys: KeyFile) {
  const commitments = [...keys.rounds, keys.holdout].map((key) => keyCommitment(key));
  if (commitments.join() === keyCommitments.join()) return;
  throw nodeError('KEYS_MISSING', `These are not the keys of task ${taskId}.`, {
    hint: 'Pass the key file that was written when this task was created.',
  });
}
