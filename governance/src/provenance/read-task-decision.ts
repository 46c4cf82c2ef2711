import { daoAbi, snapshotVotingAbi, tokenVotingAbi } from '@covey/contracts/abi';
import { chainError, clientError, placeOf, type CoveyChain } from '@covey/client';
import { MAX_METADATA, findHiddenByForm, type ProvenanceDecision, type ProvenancePlace } from '@covey/protocol';
import { hexToBigInt, isAddressEqual } from 'viem';
import type { Address, Hex } from 'viem';
import { decodeMetadata } from '../actions/proposal.ts';
import { approveTask } from '../catalogue/tasks.ts';
import { isSnapshotVoting } from '../snapshot-voting/find-snapshot-voting.ts';
import { getBoundProposal } from '../snapshot-voting/get-bound-proposal.ts';
import { voteOptions } from '../voting-settings.ts';
import { readSigner } from './executor.ts';

export interface ReadTaskDecisionParameters {
  taskId: bigint;
  /** Where the task was approved. */
  approved: ProvenancePlace;
}

/**
 * How the DAO came to approve a task, from the logs of the transaction that did and of the vote behind it. The tally is
 * held to the votes: those of TokenVoting add up to it, SnapshotVoting's is that of its last submission.
 */
export async function readTaskDecision(
  covey: CoveyChain,
  { taskId, approved }: ReadTaskDecisionParameters,
): Promise<ProvenanceDecision> {
  try {
    const executed = await executionOf(covey, taskId, approved);
    if (!executed) return { by: 'other', actor: null };
    const { actor, callId } = executed;
    if (isAddressEqual(actor, covey.deployment.tokenVoting))
      return await tokenVote(covey, hexToBigInt(callId), approved);
    // Asked itself, since one that is uninstalled by now decided all the same.
    if (await isSnapshotVoting(covey, actor)) return await snapshotVote(covey, actor, callId, approved);
    return { by: 'other', actor };
  } catch (cause) {
    throw chainError(cause, `reading how task ${taskId} was approved`);
  }
}

/** The DAO's own log of the execution in which it approved the task: the first after the approval, in its transaction. */
async function executionOf(
  covey: CoveyChain,
  taskId: bigint,
  approved: ProvenancePlace,
): Promise<{ actor: Address; callId: Hex } | undefined> {
  const block = BigInt(approved.block);
  const executions = await covey.events({
    address: covey.deployment.dao,
    abi: daoAbi,
    eventName: 'Executed',
    fromBlock: block,
    toBlock: block,
  });
  const wanted = approveTask(covey.deployment, taskId);
  return executions.find(
    ({ transactionHash, logIndex, args }) =>
      transactionHash === approved.transaction &&
      // The DAO says it when all of its actions are done.
      logIndex > approved.log &&
      args.actions.some(({ to, data }) => isAddressEqual(to, wanted.to) && data === wanted.data),
  )?.args;
}

async function tokenVote(
  covey: CoveyChain,
  proposalId: bigint,
  approved: ProvenancePlace,
): Promise<ProvenanceDecision> {
  const { tokenVoting: plugin } = covey.deployment;
  const contract = { address: plugin, abi: tokenVotingAbi } as const;
  const end = BigInt(approved.block);
  const [[, executed, terms, tally], created, casts, executions, executor] = await Promise.all([
    covey.publicClient.readContract({ ...contract, functionName: 'getProposal', args: [proposalId] }),
    covey.events({ ...contract, eventName: 'ProposalCreated', args: { proposalId }, toBlock: end }),
    covey.events({ ...contract, eventName: 'VoteCast', args: { proposalId }, toBlock: end }),
    covey.events({ ...contract, eventName: 'ProposalExecuted', args: { proposalId }, fromBlock: end, toBlock: end }),
    readSigner(covey, approved.transaction),
  ]);
  const own = executions.filter(({ transactionHash }) => transactionHash === approved.transaction);
  const of = `proposal ${proposalId}`;
  if (!executed) throw incomplete(of, 'an executed proposal', 'one that is not');
  if (created.length !== 1) throw incomplete(of, 'one log of its making', String(created.length));
  if (own.length !== 1) throw incomplete(of, 'one log of its execution', String(own.length));
  // The last vote of each account is the one that counts.
  const votes = new Map(casts.map(({ args }) => [args.voter, args]));
  const sums = { abstain: 0n, yes: 0n, no: 0n };
  for (const { voteOption, votingPower } of votes.values()) {
    const option = voteOptions[voteOption];
    if (option === 'yes' || option === 'no' || option === 'abstain') sums[option] += votingPower;
  }
  for (const option of ['yes', 'no', 'abstain'] as const) {
    if (sums[option] !== tally[option])
      throw incomplete(`the votes on ${of}`, `${tally[option]} of ${option}`, String(sums[option]));
  }
  const { creator, metadata } = created[0]!.args;
  return {
    by: 'token-voting',
    plugin,
    proposal: String(proposalId),
    author: creator,
    metadata: shownMetadata(metadata),
    created: placeOf(created[0]!),
    snapshotBlock: Number(terms.snapshotBlock),
    start: Number(terms.startDate),
    end: Number(terms.endDate),
    supportThreshold: terms.supportThreshold,
    minVotingPower: String(terms.minVotingPower),
    yes: String(tally.yes),
    no: String(tally.no),
    abstain: String(tally.abstain),
    voters: votes.size,
    executed: placeOf(own[0]!),
    executor,
  };
}

function shownMetadata(metadata: Hex): string | null {
  const shown = decodeMetadata(metadata);
  return shown.length > MAX_METADATA || findHiddenByForm(shown) ? null : shown;
}

async function snapshotVote(
  covey: CoveyChain,
  plugin: Address,
  id: Hex,
  approved: ProvenancePlace,
): Promise<ProvenanceDecision> {
  const contract = { address: plugin, abi: snapshotVotingAbi, args: { id } } as const;
  const end = BigInt(approved.block);
  const [proposal, registered, submitted, executions] = await Promise.all([
    getBoundProposal({ ...covey, deployment: { snapshotVoting: plugin } }, { id }),
    covey.events({ ...contract, eventName: 'ProposalRegistered', toBlock: end }),
    covey.events({ ...contract, eventName: 'VotesSubmitted', toBlock: end }),
    covey.events({ ...contract, eventName: 'ProposalExecuted', fromBlock: end, toBlock: end }),
  ]);
  const own = executions.filter(({ transactionHash }) => transactionHash === approved.transaction);
  const of = `proposal ${id}`;
  if (registered.length !== 1) throw incomplete(of, 'one log of its registration', String(registered.length));
  if (own.length !== 1) throw incomplete(of, 'one log of its execution', String(own.length));
  const { forVotes, against, abstain, voters } = proposal.tally;
  const last = submitted.at(-1)?.args.tally ?? { forVotes: 0n, against: 0n, abstain: 0n, voters: 0n };
  const shown = (tally: typeof last) => `${tally.forVotes} ${tally.against} ${tally.abstain} of ${tally.voters}`;
  if (shown(last) !== shown(proposal.tally)) throw incomplete(`the votes on ${of}`, shown(proposal.tally), shown(last));
  const { registrant, message } = registered[0]!.args;
  return {
    by: 'snapshot-voting',
    plugin,
    proposal: id,
    author: message.author,
    registrant,
    registered: placeOf(registered[0]!),
    snapshotBlock: proposal.snapshot,
    start: proposal.start,
    end: proposal.end,
    for: String(forVotes),
    against: String(against),
    abstain: String(abstain),
    voters: Number(voters),
    executed: placeOf(own[0]!),
    executor: own[0]!.args.executor,
  };
}

const incomplete = (of: string, expected: string, got: string) =>
  clientError('LOGS_INCOMPLETE', `The endpoint’s logs of ${of} are not whole.`, { expected, got });
