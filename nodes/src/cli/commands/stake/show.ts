import { readPosition } from '@covey/client';
import { ethereumAddress } from '../../arguments.ts';
import { openChain, openSender } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { positionOptions } from '../../options.ts';
import { positionLines } from './position.ts';

export const stakeShow = defineCommand({
  name: 'stake show',
  summary: 'Show a pool and a position in it',
  examples: ['stake show --node 0x…', 'stake show --node 0x… --owner 0x…   # a delegator’s position'],
  options: {
    ...positionOptions,
    owner: optional('--owner <address>', 'whose position in it (default: the node)', ethereumAddress),
  },
  async run(options, out) {
    // Only who names nobody needs an account.
    const own = options.node ? null : await openSender(options);
    const node = options.node ?? own!.sender.address;
    const position = await readPosition(own ?? (await openChain(options)), node, options.owner ?? node);
    out.result('covey.stake/1', { ...position }, positionLines(position));
  },
});
