import { clientError } from '@covey/client';
import { closeChannel, readChannel, requestClose } from '@covey/client/inference';
import { join } from 'node:path';
import { filePurse } from '../../../inference/file-purse.ts';
import { coveyText, utcText } from '../../../quantities.ts';
import { ethereumAddress } from '../../arguments.ts';
import { openSender, stateDir } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions, stateOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const channelClose = defineCommand({
  name: 'channel close',
  summary: 'End a channel; once the host’s window is over, take back what is left',
  examples: ['channel close --host 0x… --key-file me.key   # and once more after the window'],
  options: {
    ...accountOptions,
    ...stateOptions,
    host: required('--host <address>', 'which host', ethereumAddress),
  },
  async run(options, out) {
    const covey = await openSender(options);
    const purse = filePurse(join(stateDir(options), 'channels'));
    const entry = await purse.get(options.host);
    if (!entry) throw clientError('CHANNEL_EMPTY', `There is no channel to ${options.host}.`);
    const { channel } = entry;
    const before = await readChannel(covey, channel);
    if (!before || before.state === 'closed') {
      await purse.set(options.host, null);
      throw clientError('CHANNEL_EMPTY', `The channel to ${options.host} is closed already.`, {
        hint: 'What was left in it came back when the host closed it.',
      });
    }
    const isClosing = before.state === 'closing';
    const { tx, gasUsed } = isClosing ? await closeChannel(covey, channel) : await requestClose(covey, channel);
    if (isClosing) await purse.set(options.host, null);
    const after = (await readChannel(covey, channel))!;
    const left = after.deposit - after.redeemed;
    out.result('covey.channel-close/1', { channel, ...after, tx, gasUsed }, [
      isClosing
        ? say`closed channel ${channel}: ${coveyText(left)} came back`
        : say`channel ${channel} closes at ${utcText(BigInt(after.closeAt))}: run this again then`,
    ]);
  },
});
