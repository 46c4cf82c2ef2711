import type { Hex } from 'viem';
import { readRoundCount, readTask, readTaskDocument } from '../chain/read-task.ts';
import type { OnAction } from '../events.ts';
import { completeTask, fundTask } from '../task/actions.ts';
import type { CoveyContext } from './context.ts';

/** One task: what the chain has of it, its document, and what its creator and funders do. */
export function taskOf({ chain, writer, content }: CoveyContext, taskId: bigint) {
  const read = () => readTask(chain, taskId);
  return {
    read,
    /** The document, checked against the terms on chain. */
    document: async () => readTaskDocument(content(), await read()),
    /** How many rounds were opened. */
    rounds: () => readRoundCount(chain, taskId),
    /** Adds `amount` wei to the budget. */
    fund: async (amount: bigint, onEvent?: OnAction) => fundTask(writer(), taskId, amount, onEvent),
    /** Opens the hold-out after the last round; the creator's. */
    complete: async (holdoutKey: Hex) => completeTask(writer(), taskId, holdoutKey),
  };
}
