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
  defineForm({
    kind: 'task.approve',
    // A task earns none of the emission until a decision says how much: the one that approves it may.
    fields: { taskId: { type: 'id', min: 1n }, multiplier: { ...governed('task.multiplier'), optional: true } },
    build: (deployment, { taskId, multiplier }) => [
      approveTask(deployment, taskId),
      ...(multiplier === undefined ? [] : [setMultiplier(deployment, { taskId, multiplier })]),
    ],
    read(calls) {
      const approved = argsOf<{ taskId: bigint }>(calls, 'taskManager', 'approve');
      const set = argsOf<{ taskId: bigint; multiplier: bigint }>(calls.slice(1), 'taskManager', 'setMultiplier');
      return approved && set?.taskId === approved.taskId ? set : approved;
    },
  }),
  onTask('task.reject', 'reject', rejectTask),
  onTask('task.stop', 'stop', stopTask),
  defineForm({
    kind: 'task.multiplier',
    fields: { taskId: { type: 'id', min: 1n }, multiplier: governed('task.multiplier') },
    build: (deployment, values) => setMultiplier(deployment, values),
    read: (calls) => argsOf<{ taskId: bigint; multiplier: bigint }>(calls, 'taskManager', 'setMultiplier'),
  }),
] as const;
