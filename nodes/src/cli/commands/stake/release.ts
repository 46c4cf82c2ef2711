import { readReleasableAt, releaseStake } from '@covey/client';
import { ethereumAddress } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { accountOptions, roundOptions } from '../../options.ts';
import { utcText } from '../../../quantities.ts';
import { say } from '../../words/say.ts';

export const stakeRelease = defineCommand({
  name: 'stake release',
  summary: 'Free what a closed round holds of a node’s stake, once no slash case can come',
  examples: ['stake release --task 1 --round 0 --key-file node.key'],
  options: {
    ...accountOptions,
    ...roundOptions,
    node: optional('--node <address>', 'whose stake (default: the own account’s)', ethereumAddress),
  },
  async run(options, out) {
    const { task: taskId, round } = options;
    const covey = await openSender(options);
    const node = options.node ?? covey.sender.address;
    const sent = await releaseStake(covey, { taskId, round, node });
    const releasableAt = await readReleasableAt(covey, { taskId, round });
    const { tx, gasUsed } = sent ?? { tx: null, gasUsed: null };
    out.result('covey.stake-release/1', { taskId, round, node, releasableAt, tx, gasUsed }, [
      sent ? say`round ${round} of task ${taskId} holds nothing of ${node} any more` : notFreed(releasableAt),
    ]);
  },
});

const notFreed = (releasableAt: bigint | null): string =>
  releasableAt === null
    ? say`the round is not closed yet`
    : say`nothing freed: held until ${utcText(releasableAt)} or the end of its cases, or nothing is held`;
