import { readDataDescription, readTask, readTaskDocument } from '@covey/client';
import type { DataDescription } from '@covey/protocol';
import { nodeError } from '../errors.ts';
import { openChain, openReader } from './context.ts';
import { readDescription } from './dataset-file.ts';
import { optional } from './define-command.ts';
import { taskId } from './arguments.ts';
import type { ChainOptions, ReaderOptions } from './options.ts';

/** Where a description comes from: a file, or what a task names. */
export const likeOptions = {
  like: optional('--like <description>', 'make samples as this file says, in place of learning it from the data'),
  task: optional('--task <id>', 'make samples as this task says', taskId),
};

type LikeOptions = ChainOptions & ReaderOptions & { like: string | undefined; task: bigint | undefined };

export async function likeOf(options: LikeOptions): Promise<DataDescription | undefined> {
  const { like, task } = options;
  if (like !== undefined && task !== undefined)
    throw nodeError('CONFIG_INVALID', 'A file and a task both say how samples are made.', {
      expected: 'one of --like and --task',
    });
  if (like !== undefined) return await readDescription(like);
  if (task === undefined) return undefined;
  const reader = openReader(options);
  const document = await readTaskDocument(reader, await readTask(await openChain(options), task));
  const description = await readDataDescription(reader, document);
  if (description) return description;
  throw nodeError('CONFIG_INVALID', `Task ${task} does not say how its samples are made.`, {
    expected: 'a task with a data description',
    hint: 'Ask its creator for the description and pass it with --like.',
  });
}
