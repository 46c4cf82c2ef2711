import { expireTask } from '@covey/client';
import { openSender } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions, taskOption } from '../../options.ts';
import { say } from '../../words/say.ts';

export const taskExpire = defineCommand({
  name: 'task expire',
  summary: 'End a task that nobody moves any more, or take an own proposal back',
  examples: ['task expire --task 1 --key-file any.key'],
  options: { ...accountOptions, ...taskOption },
  async run(options, out) {
    const { task: taskId } = options;
    const sent = await expireTask(await openSender(options), taskId, (event) => out.step(event));
    const { tx, gasUsed } = sent ?? { tx: null, gasUsed: null };
    out.result('covey.task-expire/1', { taskId, tx, gasUsed }, [
      sent ? say`task ${taskId} has ended` : say`task ${taskId} may still go on; \`covey task show\` says until when`,
    ]);
  },
});
