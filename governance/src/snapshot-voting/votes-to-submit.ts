import type { Address, Hex, PublicClient } from 'viem';
import { snapshotVotingAbi } from '@covey/contracts/abi';
import { messageId } from '../snapshot/envelope.ts';
import { verifyEnvelope } from '../snapshot/verify.ts';
import { votingPower } from '../snapshot/voting-power.ts';
import type { BoundProposal } from './get-bound-proposal.ts';
import { inParallel } from './in-parallel.ts';
import type { SignedVote } from './pack-vote.ts';

/**
 * Why a vote is not sent. proposal: on another one, or in another space. alias: not signed by the voter itself.
 * superseded: a later vote of the voter is among those given. counted: it, or a later one, counts on chain already.
 */
export type SkipReason = 'proposal' | 'alias' | 'time' | 'choice' | 'superseded' | 'signature' | 'counted' | 'power';

export interface SkippedVote {
  voter: Address;
  /** Digest of the vote. */
  digest: Hex;
  reason: SkipReason;
}

/** A vote with its digest, ready to be packed. */
export type Candidate = SignedVote & { digest: Hex };

interface Context {
  publicClient: PublicClient;
  plugin: Address;
  proposal: BoundProposal;
}

const readsAtOnce = 32;

/** Sorts out what would not count, so that nobody pays for it: form, signature, power, and what counts already. */
export async function votesToSubmit(
  context: Context,
  votes: readonly SignedVote[],
): Promise<{ candidates: Candidate[]; skipped: SkippedVote[] }> {
  const { publicClient, plugin, proposal } = context;
  const abi = snapshotVotingAbi;
  const [space, token] = await Promise.all([
    publicClient.readContract({ address: plugin, abi, functionName: 'space' }),
    publicClient.readContract({ address: plugin, abi, functionName: 'token' }),
  ]);
  const skipped: SkippedVote[] = [];
  const skip = (vote: Candidate, reason: SkipReason) =>
    void skipped.push({ voter: vote.message.from as Address, digest: vote.digest, reason });

  const latest = new Map<string, Candidate>();
  for (const signed of votes) {
    const vote = { ...signed, digest: messageId(signed) };
    const reason = misfit(vote, space, proposal);
    if (reason) {
      skip(vote, reason);
      continue;
    }
    const held = latest.get(vote.message.from);
    if (held && !isLater(vote, held)) skip(vote, 'superseded');
    else {
      if (held) skip(held, 'superseded');
      latest.set(vote.message.from, vote);
    }
  }

  const fresh = await notCounted(context, [...latest.values()], (vote) => skip(vote, 'counted'));
  const checked = await inParallel(fresh, readsAtOnce, async (vote): Promise<Candidate | null> => {
    const address = vote.message.from as Address;
    const [signed, power] = await Promise.all([
      vote.scheme ? vote : verifyEnvelope({ envelope: vote, publicClient }).catch(() => undefined),
      votingPower({ publicClient, token, address, block: proposal.snapshot }),
    ]);
    if (signed && power > 0n) return { ...vote, scheme: signed.scheme ?? 'key' };
    skip(vote, signed ? 'power' : 'signature');
    return null;
  });
  return { candidates: checked.filter((vote) => vote !== null), skipped };
}

/** Those for which neither the vote itself nor a later one of the voter counts on chain. */
export async function notCounted(
  { publicClient, plugin, proposal }: Context,
  votes: readonly Candidate[],
  onCounted: (vote: Candidate) => void = () => undefined,
): Promise<Candidate[]> {
  const open = await inParallel(votes, readsAtOnce, async (vote) => {
    const counted = await publicClient.readContract({
      address: plugin,
      abi: snapshotVotingAbi,
      functionName: 'getVote',
      args: [proposal.id, vote.message.from as Address],
    });
    if (counted.choice === 0) return true;
    return isLater(vote, { message: { timestamp: counted.timestamp }, digest: counted.digest });
  });
  return votes.filter((vote, index) => {
    if (!open[index]) onCounted(vote);
    return open[index];
  });
}

function misfit(vote: Candidate, space: string, proposal: BoundProposal): SkipReason | undefined {
  const { message } = vote;
  if (message.proposal !== proposal.id || message.space !== space) return 'proposal';
  if (vote.address !== message.from) return 'alias';
  if (message.timestamp < proposal.start || message.timestamp > proposal.end) return 'time';
  if (message.choice < 1 || message.choice > proposal.choices) return 'choice';
  return undefined;
}

interface Timed {
  message: { timestamp: number };
  digest: Hex;
}

const cutBits = 80n;

/** The contract's order: the later time, and in the same second the larger digest, of which it keeps 176 bits. */
function isLater(a: Timed, b: Timed): boolean {
  if (a.message.timestamp !== b.message.timestamp) return a.message.timestamp > b.message.timestamp;
  return BigInt(a.digest) >> cutBits > BigInt(b.digest) >> cutBits;
}
