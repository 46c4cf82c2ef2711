import type { Address, Hex } from 'viem';
import { readDataDescription, readFunding, readRoundCount, readTask, readTaskDocument } from '../chain/read-task.ts';
import type { OnAction } from '../events.ts';
import {
  completeTask,
  expireTask,
  fundTask,
  nameOpener,
  raiseCreationStake,
  redeemFunds,
  sweepTask,
} from '../task/actions.ts';
import type { CoveyContext } from './context.ts';

/** One task: what the chain has of it, its document, and what its creator and funders do. */
export function taskOf({ chain, writer, content }: CoveyContext, taskId: bigint) {
  const read = () => readTask(chain, taskId);
  const own = () => writer().sender.address;
  return {
    read,
    /** The document, checked against the terms on chain. */
    document: async () => readTaskDocument(content(), await read()),
    /** How its samples are made of rows, images or text; undefined where its creator does not say. */
    dataDescription: async () => readDataDescription(content(), await readTaskDocument(content(), await read())),
    /** How many rounds were opened. */
    rounds: () => readRoundCount(chain, taskId),
    /** What a funder's part is worth now, in wei. */
    funding: async (funder: Address = own()) => readFunding(chain, taskId, funder),
    /** Adds `amount` wei to the budget. */
    fund: async (amount: bigint, onEvent?: OnAction) => fundTask(writer(), taskId, amount, onEvent),
    /** Names who may open rounds beside the creator; the creator's. */
    nameOpener: async (opener: Address | null) => nameOpener(writer(), taskId, opener),
    /** Adds `amount` wei to the creation stake, so that later rounds pay more. */
    raiseCreationStake: async (amount: bigint, onEvent?: OnAction) =>
      raiseCreationStake(writer(), taskId, amount, onEvent),
    /** Opens the hold-out after the last round; the creator's. */
    complete: async (holdoutKey: Hex) => completeTask(writer(), taskId, holdoutKey),
    /** Ends a task that nobody moves any more; null while it may go on. Anyone may. */
    expire: async (onEvent?: OnAction) => expireTask(writer(), taskId, onEvent),
    /** Pays a funder its part of an ended task; null where that is nothing. Anyone may. */
    redeem: async (funder: Address = own()) => redeemFunds(writer(), taskId, funder),
    /** Sends what belongs to no funder of an ended task to the treasury. Anyone may. */
    sweep: async () => sweepTask(writer(), taskId),
  };
}
