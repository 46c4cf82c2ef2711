import { isClosed, readBase, readDataDescription, readRound, readTask, readTaskDocument } from '@covey/client';
import { resolve } from 'node:path';
import { folderFiles, writeTaskFolder } from '../../../trainer/command/task-folder.ts';
import { integer } from '../../arguments.ts';
import { openChain, openReader } from '../../context.ts';
import { defineCommand, optional, preset, required } from '../../define-command.ts';
import { chainOptions, readerOptions, taskOption } from '../../options.ts';
import { say } from '../../words/say.ts';

export const taskExport = defineCommand({
  name: 'task export',
  summary: 'Write down what a training program needs: the task as JSON, and the model to start from',
  examples: [
    'task export --task 1 --out task-1',
    'task export --task 1 --out task-1 --data mine.safetensors   # as `covey train --command` tells a command',
  ],
  options: {
    ...chainOptions,
    ...readerOptions,
    ...taskOption,
    out: required('--out <folder>', 'folder to write to'),
    data: optional('--data <file>', 'data that the program is told of'),
    seed: preset('--seed <n>', 'seed of the order of samples', 1, integer),
  },
  async run(options, out) {
    const covey = await openChain(options);
    const reader = openReader(options);
    const onChain = await readTask(covey, options.task);
    const task = await readTaskDocument(reader, onChain);
    const { taskId, roundsOpened } = onChain;
    const last = roundsOpened === 0 ? null : await readRound(covey, taskId, roundsOpened - 1);
    const round = last && !isClosed(last.phase) ? last.round : null;
    const cid = await readBase(covey, taskId, round ?? roundsOpened, task.initialModel);
    const base = { cid, bytes: await reader.get(cid) };
    const folder = resolve(options.out);
    const { seed, data } = options;
    const dataDescription = (await readDataDescription(reader, task)) ?? null;
    const contents = { taskId, round, task, base, training: task.training, seed, seconds: null, dataDescription };
    await writeTaskFolder(folder, { ...contents, data: data === undefined ? null : resolve(data) });
    out.result('covey.task-export/1', { taskId, round, base: cid, folder }, [
      say`wrote ${folderFiles.task} and ${folderFiles.base} (${cid}) to ${folder}`,
      say`train, write ${folderFiles.model} there, then: covey submit --task ${taskId} --model ${options.out}/${folderFiles.model}`,
    ]);
  },
});
