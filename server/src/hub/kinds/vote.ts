import { parseChoice, voteKinds, isGovernanceError } from '@covey/governance';
import type { Choice } from '@covey/governance';
import type { Address, Hex } from 'viem';
import { messageOf } from '../../errors.ts';
import { UNKNOWN_POWER } from '../state.ts';
import type { HubProposal, HubVote } from '../types.ts';
import { isBound } from './binding.ts';
import { lengthOf } from './formats.ts';
import { refuse } from './kind.ts';
import type { Kind, Taken } from './kind.ts';

const MAX_REASON = 5000;
const MAX_APP = 24;
const MAX_METADATA = 2000;

type VoteKind = 'vote' | 'vote-array' | 'vote-string';
type VoteMessage = Taken<VoteKind>['message'];

/** The three kinds of vote messages, which differ in the type of `choice` alone. */
const voteOf = (kind: VoteKind): Kind<VoteKind> => ({
  alias: true,

  async check({ id, from, signer, message }, context): Promise<bigint> {
    const { state, now, head } = context;
    if (lengthOf(message.reason) > MAX_REASON)
      refuse(`wrong vote format: the reason has more than ${MAX_REASON} characters`);
    if (lengthOf(message.app) > MAX_APP) refuse(`wrong vote format: app has more than ${MAX_APP} characters`);
    if (lengthOf(message.metadata) > MAX_METADATA) refuse(`too large metadata: more than ${MAX_METADATA} characters`);
    const proposal = state.proposals.get(message.proposal as Hex);
    if (proposal === undefined) refuse('unknown proposal');
    const { type, start, end, snapshot, plugins } = proposal.message;
    if (now() < start || now() > end) refuse('not in voting window');
    if (!isInWindow(proposal, message.timestamp))
      refuse(`not in voting window: the vote is signed for ${message.timestamp}, voting is from ${start} to ${end}`);
    if (signer !== from && isBound(plugins))
      refuse('alias not allowed: votes on a binding proposal count on chain, where only the voter can sign');
    if (voteKinds[type] !== kind)
      refuse(`invalid choice: a ${type} proposal takes messages of the type ${voteKinds[type]}`);
    const choice = choiceFor(proposal, message);
    if (Array.isArray(choice) && choice.length === 0) refuse('invalid choice: it is empty');
    const before = state.votes.get(proposal.id)?.get(from);
    if (before !== undefined && supersedes(before, { created: message.timestamp, id }))
      refuse(
        before.created > message.timestamp ? 'already voted at later time' : 'already voted same time with lower index',
      );
    if (snapshot >= head()) refuse('the snapshot block is the newest one: vote after the next block');
    const power = await context.power(from, snapshot);
    if (power === 0n) refuse('no voting power');
    return power;
  },

  apply({ id, ipfs, signer, from, message, power }, state) {
    const proposal = state.proposals.get(message.proposal as Hex);
    if (proposal === undefined || !isInWindow(proposal, message.timestamp)) return;
    if (voteKinds[proposal.message.type] !== kind) return;
    if (signer !== from && isBound(proposal.message.plugins)) return;
    let choice: Choice;
    try {
      choice = parseChoice(proposal.message.type, proposal.message.choices, message.choice);
    } catch {
      return;
    }
    const votes = state.votes.get(proposal.id) ?? new Map<Address, HubVote>();
    state.votes.set(proposal.id, votes);
    const before = votes.get(from);
    if (before !== undefined && supersedes(before, { created: message.timestamp, id })) return;
    votes.set(from, {
      id,
      ipfs,
      voter: from,
      ...(signer === from ? {} : { alias: signer }),
      proposal: proposal.id,
      created: message.timestamp,
      choice,
      reason: message.reason,
      app: message.app,
      metadata: message.metadata,
      power: power ?? UNKNOWN_POWER,
    });
  },
});

export const vote = voteOf('vote');
export const voteArray = voteOf('vote-array');
export const voteString = voteOf('vote-string');

/** Held to the signed time as well as to the arrival, so that a hub counts exactly what the plugin on chain counts. */
const isInWindow = ({ message: { start, end } }: HubProposal, timestamp: number): boolean =>
  timestamp >= start && timestamp <= end;

function choiceFor({ message: { type, choices } }: HubProposal, { choice }: VoteMessage): Choice {
  try {
    return parseChoice(type, choices, choice);
  } catch (error) {
    if (isGovernanceError(error)) refuse(`invalid choice: ${messageOf(error)}`);
    throw error;
  }
}

/** Of two votes of one voter the later one counts; in the same second, the larger id. */
function supersedes(held: { created: number; id: Hex }, incoming: { created: number; id: Hex }): boolean {
  if (held.created !== incoming.created) return held.created > incoming.created;
  return incoming.id <= held.id;
}
