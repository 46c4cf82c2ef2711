import type { Hex } from 'viem';
import type { CoveyWriter } from '../chain/chain.ts';
import { clientError } from '../errors.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { openChannel, readChannel, topUpChannel } from './channels.ts';
import { Payer, type VoucherSigner } from './payer.ts';
import type { Purse } from './purse.ts';

export interface ChannelPayerParameters {
  covey: CoveyWriter;
  signer: VoucherSigner;
  purse: Purse;
  /** Wei that a channel is opened with, and topped up by. */
  deposit: bigint;
  onEvent?: OnAction;
}

/** A payer that opens channels, and tops them up, out of the sender's own COVEY. */
export function channelPayer({
  covey,
  signer,
  purse,
  deposit,
  onEvent = ignoreActions,
}: ChannelPayerParameters): Payer {
  return new Payer({
    deployment: covey.deployment,
    signer,
    purse,
    async channelFor(host, price) {
      const amount = price > deposit ? price : deposit;
      return (await openChannel(covey, { host, amount, signer: signer.address }, onEvent)).channel;
    },
    async cover(channel, amount) {
      const held = await heldIn(channel);
      if (held === null || held >= amount) return held;
      const missing = amount - held;
      await topUpChannel(covey, { channel, amount: missing > deposit ? missing : deposit }, onEvent);
      return await heldIn(channel);
    },
  });

  async function heldIn(id: Hex): Promise<bigint | null> {
    const channel = await readChannel(covey, id);
    if (channel?.state === 'closed') return null;
    // Not closed: an endpoint that is behind does not have it yet, and another deposit would be locked in vain.
    if (!channel)
      throw clientError('CHANNEL_EMPTY', 'The chain does not have the channel.', {
        got: id,
        hint: 'Ask again in a moment. Of another chain’s: covey channel close forgets it.',
      });
    if (channel.state === 'open') return channel.deposit;
    throw clientError('CHANNEL_EMPTY', 'The channel is closing.', {
      got: id,
      hint: 'Close it when its window is over: the next request opens another.',
    });
  }
}
