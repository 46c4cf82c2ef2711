import { publishKey } from '@covey/client';
import { readKeyFile, roundKey, runKeyPublisher } from '../../../creator/keys.ts';
import { nodeError } from '../../../errors.ts';
import { integer } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, flag, optional } from '../../define-command.ts';
import { accountOptions, daemonOptions, keysOption, taskOption } from '../../options.ts';
import { runDaemon } from '../../run-daemon.ts';

export const taskPublishKey = defineCommand({
  name: 'task publish-key',
  summary: 'Publish the key of a round’s validation shard',
  examples: [
    'task publish-key --task 1 --round 0 --keys keys.json',
    'task publish-key --task 1 --watch --keys keys.json   # every round, when its window opens',
  ],
  options: {
    ...accountOptions,
    ...taskOption,
    round: optional('--round <n>', 'round, from 0', integer),
    ...keysOption,
    watch: flag('--watch', 'keep running and publish each round’s key on time'),
    pollMs: daemonOptions.pollMs,
  },
  async run(options, out) {
    const { task: taskId, round, pollMs } = options;
    const keys = await readKeyFile(options.keys);
    const covey = await openSender(options);
    if (options.watch) {
      await runDaemon({ pollMs }, (daemon) =>
        runKeyPublisher({ ...daemon, covey, taskId, keys, onEvent: (event) => out.event(event) }),
      );
      return;
    }
    if (round === undefined) {
      throw nodeError('CONFIG_INVALID', 'Which round?', { expected: '--round N, or --watch for all' });
    }
    const key = roundKey(keys, round);
    const sent = await publishKey(covey, taskId, round, key, (event) => out.step(event));
    const { tx, gasUsed } = sent ?? { tx: null, gasUsed: null };
    out.result('covey.task-publish-key/1', { taskId, round, key, tx, gasUsed }, [
      sent ? `key of round ${round} published` : `key of round ${round} was published before`,
    ]);
  },
});
