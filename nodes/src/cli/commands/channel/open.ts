import { openChannel, readChannel, readHost, topUpChannel } from '@covey/client/inference';
import { clientError } from '@covey/client';
import { join } from 'node:path';
import { filePurse } from '../../../inference/file-purse.ts';
import { coveyText } from '../../../quantities.ts';
import { ethereumAddress } from '../../arguments.ts';
import { openSender, stateDir } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions, amountOption, stateOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const channelOpen = defineCommand({
  name: 'channel open',
  summary: 'Open a channel to a host, or pay more into the one that there is',
  examples: ['channel open --host 0x… --amount 5 --key-file me.key'],
  options: {
    ...accountOptions,
    ...stateOptions,
    ...amountOption,
    host: required('--host <address>', 'which host', ethereumAddress),
  },
  async run(options, out) {
    const { host, amount } = options;
    const covey = await openSender(options);
    if (!(await readHost(covey, host))) throw clientError('HOST_NONE', `${host} is no host.`);
    const purse = filePurse(join(stateDir(options), 'channels'));
    const kept = await purse.get(host);
    const state = kept && (await readChannel(covey, kept.channel))?.state;
    if (state === 'closing') {
      throw clientError('CHANNEL_EMPTY', 'The channel is closing.', {
        hint: `When its window is over: covey channel close --host ${host}. Then open another.`,
      });
    }
    // One that the host closed gave back what was left: it takes nothing any more.
    const known = state === 'open' ? kept : null;
    const sent = known
      ? { ...(await topUpChannel(covey, { channel: known.channel, amount }, (event) => out.step(event))), ...known }
      : await openChannel(covey, { host, amount }, (event) => out.step(event));
    const { channel, tx, gasUsed } = sent;
    if (!known) await purse.set(host, { channel, signed: 0n, spent: 0n });
    out.result('covey.channel-open/1', { channel, host, amount, tx, gasUsed }, [
      known
        ? say`paid ${coveyText(amount)} more into channel ${channel}`
        : say`opened channel ${channel} with ${coveyText(amount)}`,
    ]);
  },
});
