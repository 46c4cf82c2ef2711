import { nameOpener } from '@covey/client';
import { ethereumAddress } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { accountOptions, taskOption } from '../../options.ts';
import { say } from '../../words/say.ts';

export const taskNameOpener = defineCommand({
  name: 'task name-opener',
  summary: 'Name another account that may open an own task’s rounds',
  examples: ['task name-opener --task 1 --opener 0x…', 'task name-opener --task 1   # nobody but the creator any more'],
  options: {
    ...accountOptions,
    ...taskOption,
    opener: optional('--opener <address>', 'which account (default: none)', ethereumAddress),
  },
  async run(options, out) {
    const { task: taskId } = options;
    const opener = options.opener ?? null;
    const { tx, gasUsed } = await nameOpener(await openSender(options), taskId, opener);
    out.result('covey.task-name-opener/1', { taskId, opener, tx, gasUsed }, [
      opener ? say`${opener} may open rounds of task ${taskId}` : say`only its creator opens rounds of task ${taskId}`,
    ]);
  },
});
