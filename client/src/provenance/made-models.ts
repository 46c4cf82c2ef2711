import { resultsAbi, roundManagerAbi } from '@covey/contracts/abi';
import { cidToChain, type ProvenancePlace } from '@covey/protocol';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { readEarlier } from '../chain/read-round-inputs.ts';
import { readAccepted, readRound, type RoundId } from '../chain/read-round.ts';
import { readTask, readTaskDocument } from '../chain/read-task.ts';
import type { ContentReader } from '../content/content-store.ts';
import { listAcceptedRounds } from '../replay/list-rounds.ts';
import { inPlace, placeOf } from './place.ts';

/** A round whose result stands, and where that was found. */
export interface MadeIn extends RoundId {
  finalized: ProvenancePlace;
}

/**
 * The first round, in the order of the chain, that made this model and did not begin with it; null where none did. All
 * rounds of the deployment are looked at: as many as were closed, else LOGS_INCOMPLETE. `before` leaves out what was
 * final later.
 */
export async function findMaker(
  covey: CoveyChain,
  reader: ContentReader,
  model: string,
  { block, before }: { block: bigint; before?: ProvenancePlace },
): Promise<MadeIn | null> {
  for (const found of await roundsEndingWith(covey, model, { block, before })) {
    if ((await baseOf(covey, reader, found, block)) !== model) return found;
  }
  return null;
}

async function roundsEndingWith(
  covey: CoveyChain,
  model: string,
  { block, before }: { block: bigint; before?: ProvenancePlace | undefined },
): Promise<MadeIn[]> {
  const wanted = cidToChain(model);
  const results = { address: covey.deployment.results, abi: resultsAbi, toBlock: block } as const;
  try {
    const [finalized, accepted, ruled] = await Promise.all([
      covey.events({
        address: covey.deployment.roundManager,
        abi: roundManagerAbi,
        eventName: 'RoundFinalized',
        toBlock: block,
      }),
      covey.events({ ...results, eventName: 'ResultAccepted' }),
      covey.events({ ...results, eventName: 'ResultRuled' }),
      // As many as were closed, or refused.
      listAcceptedRounds(covey),
    ]);
    const named = new Set(
      [...accepted, ...ruled]
        .filter(
          ({ args: { summary } }) => summary.model.digest === wanted.digest && summary.model.codec === wanted.codec,
        )
        .map(({ args }) => `${args.taskId}/${args.round}`),
    );
    const candidates = finalized
      .map(({ args: { taskId, round }, ...log }): MadeIn => ({ taskId, round, finalized: placeOf(log) }))
      .filter(({ taskId, round, finalized: at }) => {
        return named.has(`${taskId}/${round}`) && (before === undefined || inPlace(at, before) < 0);
      })
      .toSorted((a, b) => inPlace(a.finalized, b.finalized));
    const found: MadeIn[] = [];
    for (const candidate of candidates) {
      // A result that named it may have been ruled wrong.
      const standing = await readAccepted(covey, await readRound(covey, candidate.taskId, candidate.round, block));
      if (standing?.model.digest === wanted.digest && standing.model.codec === wanted.codec) found.push(candidate);
    }
    return found;
  } catch (cause) {
    throw chainError(cause, `looking for who made the model ${model}`);
  }
}

async function baseOf(
  covey: CoveyChain,
  reader: ContentReader,
  { taskId, round }: RoundId,
  block: bigint,
): Promise<string> {
  const { base } = await readEarlier(covey, { taskId, round, block }, 0);
  if (base !== null) return base;
  return (await readTaskDocument(reader, await readTask(covey, taskId))).initialModel;
}
