import { approveTask, rejectTask, setMultiplier, stopTask } from '../tasks.ts';
import { governed } from './field.ts';
import { argsOf, defineForm } from './form.ts';

const onTask = <K extends string>(kind: K, name: string, build: typeof approveTask) =>
  defineForm({
    kind,
    fields: { taskId: { type: 'id', min: 1n } },
    build: (deployment, { taskId }) => build(deployment, taskId),
    read: (calls) => argsOf<{ taskId: bigint }>(calls, 'taskManager', name),
  });

export const taskForms = [
  onTask('task.approve', 'approve', approveTask),
  onTask('task.reject', 'reject', rejectTask),
  onTask('task.stop', 'stop', stopTask),
  defineForm({
    kind: 'task.multiplier',
    fields: { taskId: { type: 'id', min: 1n }, multiplier: governed('task.multiplier') },
    build: (deployment, values) => setMultiplier(deployment, values),
    read: (calls) => argsOf<{ taskId: bigint; multiplier: bigint }>(calls, 'taskManager', 'setMultiplier'),
  }),
] as const;
