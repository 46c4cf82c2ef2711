import { Creator } from '../../creator/creator.ts';
import { readKeyFile } from '../../creator/keys.ts';
import { positive } from '../arguments.ts';
import { defineCommand, preset, unlessNot } from '../define-command.ts';
import { accountOptions, daemonOptions, gasOptions, keysOption, serviceOptions, taskOption } from '../options.ts';
import { runDaemon, type Services } from '../run-daemon.ts';

const { pollMs, once } = daemonOptions;

export const creator = defineCommand({
  name: 'creator',
  summary: 'Run an own task: open its rounds, publish their keys on time, complete it',
  examples: [
    'creator --task 1 --keys keys.json --key-file creator.key',
    'creator --task 1 --keys keys.json --trainers 4 --validators 3 --json',
    'creator --task 1 --keys keys.json --no-open   # keys alone; somebody else opens',
  ],
  options: {
    ...accountOptions,
    ...taskOption,
    ...keysOption,
    ...{ pollMs, once },
    ...gasOptions,
    ...serviceOptions,
    open: unlessNot('--no-open', 'do not open rounds'),
    trainers: preset('--trainers <n>', 'open a round once so many training nodes can join it', 1, positive),
    validators: preset('--validators <n>', 'and so many validators', 1, positive),
  },
  async run(options, out) {
    const { task: taskId, open: openRounds, trainers, validators } = options;
    const daemon = async ({ covey, onEvent }: Services) =>
      new Creator({
        ...{ covey, onEvent },
        keys: await readKeyFile(options.keys),
        ...{ taskId, openRounds, trainers, validators },
      });
    // The task is its own: it looks at no other.
    await runDaemon({ ...options, task: [taskId] }, out, daemon);
  },
});
