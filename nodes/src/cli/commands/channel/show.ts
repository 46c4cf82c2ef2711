import { readChannel, readHosts } from '@covey/client/inference';
import { join } from 'node:path';
import { filePurse } from '../../../inference/file-purse.ts';
import { coveyText } from '../../../quantities.ts';
import { openChain, stateDir } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { chainOptions, stateOptions } from '../../options.ts';
import { phrase, say } from '../../words/say.ts';

export const channelShow = defineCommand({
  name: 'channel show',
  summary: 'Own channels: what is in them, signed, redeemed',
  examples: ['channel show'],
  options: { ...chainOptions, ...stateOptions },
  async run(options, out) {
    const covey = await openChain(options);
    const purse = filePurse(join(stateDir(options), 'channels'));
    const found = [];
    for (const { node } of await readHosts(covey)) {
      const entry = await purse.get(node);
      const channel = entry && (await readChannel(covey, entry.channel));
      if (entry && channel) found.push({ channel: entry.channel, signed: entry.signed, ...channel });
    }
    out.result(
      'covey.channel-show/1',
      { channels: found },
      found.map(
        ({ channel, host, state, deposit, signed, redeemed }) =>
          say`${channel} to ${host} is ${phrase(state)}: ${coveyText(deposit)} paid in, ${coveyText(signed)} signed, ${coveyText(redeemed)} redeemed`,
      ),
    );
  },
});
