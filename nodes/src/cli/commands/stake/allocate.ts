import { allocate, allocatedRoles, readAllocations } from '@covey/client';
import { hostsOrTask, ratio } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, required, requiredOneOf } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { percentText } from '../../../quantities.ts';
import { phrase, say } from '../../words/say.ts';

export const stakeAllocate = defineCommand({
  name: 'stake allocate',
  summary: 'Give a task a part of the own pool, in one role; rounds that open from the next second on count it',
  examples: [
    'stake allocate --task 1 --role trainer --ratio 0.5 --key-file node.key',
    'stake allocate --task 1 --role trainer --ratio 0   # takes it back; what open rounds hold stays held',
    'stake allocate --task 0 --role host --ratio 0.2   # hosts of models allocate under task 0',
  ],
  options: {
    ...accountOptions,
    task: required('--task <id>', 'task; 0 for hosts', hostsOrTask),
    role: requiredOneOf('--role <role>', 'as what', allocatedRoles),
    ratio: required('--ratio <ratio>', 'from 0 to 1; those of all tasks together are at most 1', ratio),
  },
  async run(options, out) {
    const { task: taskId, role, ratio: part } = options;
    const covey = await openSender(options);
    const { tx, gasUsed } = await allocate(covey, { taskId, role, ratio: part }, (event) => out.step(event));
    const node = covey.sender.address;
    const { allocations, free } = await readAllocations(covey, node);
    out.result('covey.stake-allocate/1', { node, allocations, free, tx, gasUsed }, [
      ...allocations.map((one) =>
        one.readers > 0
          ? say`task ${one.taskId}: ${percentText(one.ratio, 18)} as ${phrase(one.role)}, ${percentText(one.bound, 18)} held by ${one.readers} rounds`
          : say`task ${one.taskId}: ${percentText(one.ratio, 18)} as ${phrase(one.role)}`,
      ),
      say`free: ${percentText(free, 18)}`,
    ]);
  },
});
