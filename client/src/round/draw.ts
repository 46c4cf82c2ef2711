import { roundManagerAbi } from '@covey/contracts/abi';
import { blockSeedConstants } from '@covey/contracts/abi/constants';
import { parseEventLogs } from 'viem';
import { chainError, ignoring } from '../chain/contract-error.ts';
import { readRound } from '../chain/read-round.ts';
import { ignoreActions } from '../events.ts';
import type { CrankParameters } from './crank-parameters.ts';

/**
 * Brings the draw of a round's seats as far as it goes now: fixes the block of its seed, and once a block came after
 * that one, draws. True when the seats are drawn. Only from the end of the commit to the end of the availability window.
 */
export async function advanceDraw({
  covey,
  taskId,
  round,
  onEvent = ignoreActions,
}: CrankParameters): Promise<boolean> {
  const info = await readRound(covey, taskId, round);
  if (info.drawn) return true;
  if (info.candidateStake === 0n) return false;
  const contract = { address: covey.deployment.roundManager, abi: roundManagerAbi, args: [taskId, round] } as const;
  let next: bigint;
  try {
    next = (await covey.publicClient.getBlockNumber({ cacheTime: 0 })) + 1n;
  } catch (cause) {
    throw chainError(cause, 'reading the block number');
  }
  if (info.drawBlock === null || next > info.drawBlock + blockSeedConstants.BLOCK_HASHES) {
    const sent = await ignoring(['AlreadyDrawn', 'DrawScheduledFor', 'WrongPhase', 'NothingToDraw'], () =>
      covey.sender.send({ ...contract, functionName: 'scheduleDraw' }),
    );
    if (!sent) return false;
    const [event] = parseEventLogs({ abi: roundManagerAbi, eventName: 'DrawScheduled', logs: sent.logs, strict: true });
    const drawBlock = event?.args.drawBlock ?? 0n;
    onEvent({ event: 'draw-scheduled', drawBlock, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
    return false;
  }
  if (next <= info.drawBlock) return false;
  const sent = await ignoring(['AlreadyDrawn', 'DrawNotReady', 'DrawExpired', 'WrongPhase'], () =>
    covey.sender.send({ ...contract, functionName: 'draw' }),
  );
  if (!sent) return (await readRound(covey, taskId, round)).drawn;
  onEvent({ event: 'drawn', seats: info.seats, taskId, round, tx: sent.tx, gasUsed: sent.gasUsed });
  return true;
}
