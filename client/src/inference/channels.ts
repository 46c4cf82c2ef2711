import { channelStates, inferenceChannelsAbi, type ChannelStateName, type Deployment } from '@covey/contracts/abi';
import { cidToChain, decodeEnum } from '@covey/protocol';
import type { Voucher } from '@covey/protocol/inference';
import { zeroAddress, zeroHash, type Address, type Hex } from 'viem';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { eventIn, eventsIn } from '../chain/event-in.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { ensureAllowance } from '../stake/allowance.ts';

/** A prepaid channel. Amounts in wei. */
export interface ChannelOnChain {
  payer: Address;
  host: Address;
  /** Whose vouchers count. */
  signer: Address;
  state: Exclude<ChannelStateName, 'none'>;
  /** From when anybody may close it, unix seconds; 0 unless the payer asked for it. */
  closeAt: number;
  /** Paid in, ever; and what of it the host has redeemed. */
  deposit: bigint;
  redeemed: bigint;
}

const contract = (deployment: Pick<Deployment, 'inferenceChannels'>) =>
  ({ address: deployment.inferenceChannels, abi: inferenceChannelsAbi }) as const;

/** Null where there is none. */
export async function readChannel(
  covey: CoveyChain<'inferenceChannels'>,
  channel: Hex,
): Promise<ChannelOnChain | null> {
  try {
    const found = await covey.publicClient.readContract({
      ...contract(covey.deployment),
      functionName: 'channelInfo',
      args: [channel],
    });
    const state = decodeEnum(channelStates, found.state);
    return state === 'none' ? null : { ...found, state };
  } catch (cause) {
    throw chainError(cause, `reading the channel ${channel}`);
  }
}

/** @param signer Signs its vouchers: a key made for it alone, so that no wallet asks for each. Default: the sender. */
export async function openChannel(
  covey: CoveyWriter,
  { host, amount, signer }: { host: Address; amount: bigint; signer?: Address | undefined },
  onEvent: OnAction = ignoreActions,
): Promise<Sent & { channel: Hex }> {
  const { deployment, sender } = covey;
  await ensureAllowance(covey, deployment.inferenceChannels, amount, onEvent);
  const args = [host, amount, signer ?? zeroAddress] as const;
  const sent = await sender.send({ ...contract(deployment), functionName: 'open', args });
  const { channel } = eventIn(sent.receipt, deployment.inferenceChannels, inferenceChannelsAbi, 'ChannelOpened').args;
  return { ...sent, channel };
}

export async function topUpChannel(
  covey: CoveyWriter,
  { channel, amount }: { channel: Hex; amount: bigint },
  onEvent: OnAction = ignoreActions,
): Promise<Sent> {
  await ensureAllowance(covey, covey.deployment.inferenceChannels, amount, onEvent);
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'topUp', args: [channel, amount] });
}

/** The payer ends a channel: what the host does not redeem in the window that begins can be taken back. */
export async function requestClose(covey: CoveyWriter, channel: Hex): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'requestClose', args: [channel] });
}

/** Gives the payer what is left: the host at once, anybody after the window. */
export async function closeChannel(covey: CoveyWriter, channel: Hex): Promise<Sent> {
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'close', args: [channel] });
}

/** Redeems vouchers of any channels; what pays nothing is left out. `paid` in wei, the treasury's fee included. */
export async function redeemVouchers(
  covey: CoveyWriter,
  vouchers: readonly (Voucher & { signature: Hex })[],
): Promise<Sent & { paid: bigint }> {
  const sent = await covey.sender.send({
    ...contract(covey.deployment),
    functionName: 'redeemMany',
    args: [vouchers.map(({ channel, amount }) => ({ channel, amount })), vouchers.map(({ signature }) => signature)],
  });
  const redeemed = eventsIn(sent.receipt, covey.deployment.inferenceChannels, inferenceChannelsAbi, 'VoucherRedeemed');
  return { ...sent, paid: redeemed.reduce((sum, { args }) => sum + args.amount + args.fee, 0n) };
}

/** @param review CID of a document, where there is one. */
export async function rateHost(
  covey: CoveyWriter,
  { channel, stars, review }: { channel: Hex; stars: number; review?: string | undefined },
): Promise<Sent> {
  const cid = review === undefined ? { codec: 0n, digest: zeroHash } : cidToChain(review);
  return await covey.sender.send({
    ...contract(covey.deployment),
    functionName: 'rate',
    args: [channel, stars, cid],
  });
}
