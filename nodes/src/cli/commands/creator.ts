import { Creator } from '../../creator/creator.ts';
import { readKeyFile } from '../../creator/keys.ts';
import { positive } from '../arguments.ts';
import { openSender } from '../context.ts';
import { defineCommand, preset, unlessNot } from '../define-command.ts';
import { accountOptions, daemonOptions, gasOptions, keysOption, taskOption } from '../options.ts';
import { runDaemon } from '../run-daemon.ts';

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
    open: unlessNot('--no-open', 'do not open rounds'),
    trainers: preset('--trainers <n>', 'open a round once so many training nodes can join it', 1, positive),
    validators: preset('--validators <n>', 'and so many validators', 1, positive),
  },
  async run(options, out) {
    const { task: taskId, open: openRounds, trainers, validators } = options;
    const node = new Creator({
      covey: await openSender(options),
      keys: await readKeyFile(options.keys),
      ...{ taskId, openRounds, trainers, validators },
      onEvent: (event) => out.event(event),
    });
    await runDaemon({ pollMs: options.pollMs, once: options.once }, (daemon) => node.run(daemon));
  },
});
