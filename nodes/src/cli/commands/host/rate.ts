import { clientError } from '@covey/client';
import { rateHost, readChannel, readHost } from '@covey/client/inference';
import { InvalidArgumentError } from 'commander';
import { join } from 'node:path';
import { filePurse } from '../../../inference/file-purse.ts';
import { coveyText } from '../../../quantities.ts';
import { ethereumAddress } from '../../arguments.ts';
import { openSender, stateDir } from '../../context.ts';
import { defineCommand, optional, required } from '../../define-command.ts';
import { accountOptions, stateOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const hostRate = defineCommand({
  name: 'host rate',
  summary:
    'Rate a host that was paid from the own channel: it weighs what the channel has paid, and replaces the one before',
  examples: ['host rate --host 0x… --stars 5 --key-file me.key'],
  options: {
    ...accountOptions,
    ...stateOptions,
    host: required('--host <address>', 'which host', ethereumAddress),
    stars: required('--stars <n>', '1 to 5', starsOf),
    review: optional('--review <cid>', 'a document that says why'),
  },
  async run(options, out) {
    const { host, stars, review } = options;
    const covey = await openSender(options);
    const entry = await filePurse(join(stateDir(options), 'channels')).get(host);
    const channel = entry && (await readChannel(covey, entry.channel));
    if (!entry || !channel) throw clientError('CHANNEL_EMPTY', `There is no channel to ${host}.`);
    const { tx, gasUsed } = await rateHost(covey, { channel: entry.channel, stars, review });
    const rating = (await readHost(covey, host))?.rating ?? null;
    const { redeemed: weight } = channel;
    out.result('covey.host-rate/1', { host, channel: entry.channel, stars, weight, rating, tx, gasUsed }, [
      say`rated ${host} with ${stars} of 5, by ${coveyText(weight)} that it was paid; all who paid: ${rating ?? '-'}`,
    ]);
  },
});

function starsOf(text: string): number {
  if (!/^[1-5]$/.test(text)) throw new InvalidArgumentError('Expected 1 to 5 stars.');
  return Number(text);
}
