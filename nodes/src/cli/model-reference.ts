import type { ModelReference } from '@covey/client';
import { InvalidArgumentError } from 'commander';
import { integer, taskId } from './arguments.ts';
import { positional } from './define-command.ts';

/** `1`: what task 1 has last. `1/0`: what its round 0 ended with. Else the CID of a model. */
export function modelReference(text: string): ModelReference {
  const [, task, round] = /^(\d+)(?:\/(\d+))?$/.exec(text) ?? [];
  if (task !== undefined) return { taskId: taskId(task), ...(round !== undefined && { round: integer(round) }) };
  if (/^b[a-z2-7]{20,120}$/.test(text)) return { cid: text };
  throw new InvalidArgumentError('Expected the CID of a model, TASK or TASK/ROUND.');
}

/** Which model; the first thing that stands after a command. */
export const modelOption = {
  model: positional('<model>', 'CID of a model, TASK for what a task has last, or TASK/ROUND', modelReference),
};
