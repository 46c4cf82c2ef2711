import type { IndexedContract } from '../contracts.ts';
import type { Context, Handlers } from '../context.ts';
import { answerCaseHandlers } from './answer-cases.ts';
import { attestationHandlers } from './attestations.ts';
import { channelHandlers } from './channels.ts';
import { daoHandlers } from './dao.ts';
import { deskHandlers } from './desk.ts';
import { emissionHandlers } from './emission.ts';
import { escrowHandlers } from './escrow.ts';
import { policyHandlers, tokenVotingHandlers } from './governance.ts';
import { hostHandlers } from './hosts.ts';
import { keyEscrowHandlers } from './key-escrow.ts';
import { marketHandlers } from './market.ts';
import { resultHandlers } from './results.ts';
import { rewardHandlers } from './rewards.ts';
import { roundHandlers } from './rounds.ts';
import { slashHandlers } from './slash.ts';
import { snapshotVotingHandlers } from './snapshot-voting.ts';
import { stakeHandlers } from './stake.ts';
import { submissionHandlers } from './submissions.ts';
import { taskHandlers } from './tasks.ts';
import { tokenHandlers } from './token.ts';

const handlers: { [C in IndexedContract]: Handlers<C> } = {
  dao: daoHandlers,
  token: tokenHandlers,
  snapshotVoting: snapshotVotingHandlers,
  tokenVoting: tokenVotingHandlers,
  policy: policyHandlers,
  stakeManager: stakeHandlers,
  taskManager: taskHandlers,
  roundManager: roundHandlers,
  submissions: submissionHandlers,
  attestations: attestationHandlers,
  results: resultHandlers,
  rewardDistributor: rewardHandlers,
  slashCourt: slashHandlers,
  modelMarket: marketHandlers,
  keyEscrow: keyEscrowHandlers,
  hostRegistry: hostHandlers,
  inferenceChannels: channelHandlers,
  answerCases: answerCaseHandlers,
  inferenceDesk: deskHandlers,
  voteEscrow: escrowHandlers,
  emission: emissionHandlers,
};

type AnyHandler = (args: unknown, context: Context) => Promise<void>;

/** The handler of an event; events that change nothing here have none. */
export function handlerOf(contract: IndexedContract, event: string): AnyHandler | undefined {
  // The event was decoded with this contract's ABI, so its arguments are what the handler of that name expects.
  return (handlers[contract] as Record<string, AnyHandler | undefined>)[event];
}
