import type { CoveyChain } from '../chain/chain.ts';
import { settleRound, type ResultDocument, type RoundSettlement } from '@covey/protocol';
import type { ContentReader } from '../content/content-store.ts';
import { readSettlementInputs } from './settlement-inputs.ts';

export interface SettlementOnChain extends RoundSettlement {
  pool: bigint;
  document: ResultDocument;
}

/**
 * What an accepted round pays to whom, recomputed here from chain and content: pool and stakes from the chain, weights
 * from the accepted document, arithmetic from the protocol.
 */
export async function settleFromChain(
  covey: CoveyChain,
  reader: ContentReader,
  taskId: bigint,
  round: number,
): Promise<SettlementOnChain> {
  const inputs = await readSettlementInputs(covey, reader, taskId, round);
  const { info, document, policy, validators, pool } = inputs;
  const settlement = settleRound({
    document,
    validators: validators
      .filter(({ resultHash }) => resultHash === info.acceptedHash)
      .map(({ address, stake }) => ({ validator: address, stake })),
    pool,
    policy,
  });
  return { ...settlement, pool, document };
}
