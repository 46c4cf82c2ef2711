import { keccak256, stringToHex } from 'viem';
import type { ContractFunctionArgs, Hex } from 'viem';
import type { snapshotVotingAbi } from '@covey/contracts/abi';
import type { SnapshotMessage } from '../snapshot/types.ts';
import { addressCasing } from './address-casing.ts';
import { bindingTypes, unbindable } from './binding-message.ts';
import type { BindingType } from './binding-message.ts';
import { parsePluginsField } from './plugins-field.ts';

/** `ISnapshotVoting.Message`: a proposal message with its texts as hashes. */
export type ChainMessage = ContractFunctionArgs<typeof snapshotVotingAbi, 'nonpayable', 'register'>[0];

export const hashText = (text: string): Hex => keccak256(stringToHex(text));

const maxUint40 = 2 ** 40 - 1;

/** A Snapshot proposal as the contract takes it; throws when it is one that can bind on no chain. */
export function toChainMessage(message: SnapshotMessage<'proposal'>): ChainMessage {
  const voteType = bindingTypes.indexOf(message.type as BindingType);
  if (voteType === -1) throw unbindable('its type', bindingTypes, message.type);
  if (message.privacy !== '') throw unbindable('its votes are shielded', '', message.privacy);
  if (!parsePluginsField(message.plugins)) throw unbindable('`plugins` binds nothing', 'pluginsField', message.plugins);
  const { timestamp, start, end, snapshot } = message;
  for (const [name, value] of Object.entries({ timestamp, start, end, snapshot })) {
    if (value > maxUint40) throw unbindable(`\`${name}\` is too large`, `at most ${maxUint40}`, value);
  }
  return {
    author: message.from as `0x${string}`,
    authorCasing: addressCasing(message.from as `0x${string}`),
    timestamp,
    start,
    end,
    snapshot,
    voteType,
    title: hashText(message.title),
    body: hashText(message.body),
    discussion: hashText(message.discussion),
    choices: message.choices.map(hashText),
    labels: message.labels.map(hashText),
    app: hashText(message.app),
  };
}
