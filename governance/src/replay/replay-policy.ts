import {
  isClientError,
  listAcceptedRounds,
  readEmissionState,
  readPolicy,
  readReplayCases,
  readReplayPurchases,
  readReplayRound,
} from '@covey/client';
import type { ContentReader, CoveyChain, RoundId } from '@covey/client';
import { isProtocolError } from '@covey/protocol';
import type { PolicySetting } from '../catalogue/policy.ts';
import { replayPlan } from './numbers.ts';
import { replayCase } from './replay-case.ts';
import { replayEmission } from './replay-emission.ts';
import { replayPurchase } from './replay-purchase.ts';
import { replayRound } from './replay-round.ts';
import { sumNodes, sumRoles } from './sums.ts';
import type { PolicyReplay, RoundReplay } from './types.ts';

export interface ReplayProgress {
  step: 'list' | 'rounds' | 'cases' | 'purchases' | 'emission' | 'done';
  done: number;
  total: number;
}

export interface ReplayPolicyParameters {
  covey: CoveyChain;
  reader: ContentReader;
  /** The proposed numbers; none settles the past rounds as they were, which has to give what was paid. */
  changes: readonly PolicySetting[];
  /** How many accepted rounds, the newest first, or which ones. Default 50. */
  rounds?: number | readonly RoundId[];
  /** Days of emission side by side. Default 30. */
  days?: number;
  onProgress?: (progress: ReplayProgress) => void;
  signal?: AbortSignal;
}

const defaultRounds = 50;
const defaultDays = 30;
const maxDays = 3_650;
/** Most slash cases and purchases that are looked at. */
const maxEntries = 200;

/**
 * Settles past rounds again under proposed numbers: who would have got how much more or less, beside what was paid. All
 * from chain and content, with the settlement that the contracts have; stakes, scores and votes stay as they were, and
 * seats are drawn again where a number changes the draw.
 */
export async function replayPolicy(parameters: ReplayPolicyParameters): Promise<PolicyReplay> {
  const { covey, reader, changes: settings, onProgress = () => undefined, signal } = parameters;
  const { changes, by, notReplayed } = replayPlan(settings);
  const looked: PolicyReplay['looked'] = {
    rounds: { at: 0, of: 0 },
    cases: { at: 0, of: 0 },
    purchases: { at: 0, of: 0 },
  };
  const unread: PolicyReplay['unread'] = [];
  const rounds: RoundReplay[] = [];
  signal?.throwIfAborted();

  if (by.has('rounds') || by.has('emission') || settings.length === 0) {
    onProgress({ step: 'list', done: 0, total: 1 });
    const all = await listAcceptedRounds(covey);
    const wanted = parameters.rounds ?? defaultRounds;
    const keys = typeof wanted === 'number' ? all.slice(0, Math.max(0, wanted)) : wanted;
    looked.rounds = { at: keys.length, of: all.length };
    for (const [done, key] of keys.entries()) {
      signal?.throwIfAborted();
      onProgress({ step: 'rounds', done, total: keys.length });
      try {
        const round = await readReplayRound(covey, reader, key, signal ? { signal } : {});
        rounds.push(replayRound(round, changes));
      } catch (error) {
        signal?.throwIfAborted();
        unread.push({ ...key, ...unreadable(error) });
      }
    }
  }
  const nodes = sumNodes(rounds);
  const replay: PolicyReplay = {
    changes: settings,
    rounds,
    nodes,
    roles: sumRoles(nodes),
    looked,
    unread,
    notReplayed,
    exact: rounds.every(({ exact }) => exact) && unread.length === 0,
  };
  if (by.has('cases')) {
    onProgress({ step: 'cases', done: 0, total: 1 });
    const { cases, of } = await readReplayCases(covey, maxEntries);
    replay.cases = cases.map((slashed) => replayCase(slashed, changes));
    looked.cases = { at: cases.length, of };
    replay.exact &&= replay.cases.every(({ exact }) => exact);
  }
  signal?.throwIfAborted();
  if (by.has('purchases')) {
    onProgress({ step: 'purchases', done: 0, total: 1 });
    const { purchases, of } = await readReplayPurchases(covey, maxEntries);
    replay.purchases = purchases.map((purchase) => replayPurchase(purchase, changes));
    looked.purchases = { at: purchases.length, of };
    replay.exact &&= replay.purchases.every(({ exact }) => exact);
  }
  signal?.throwIfAborted();
  if (by.has('emission')) {
    onProgress({ step: 'emission', done: 0, total: 1 });
    const days = Math.min(Math.max(1, parameters.days ?? defaultDays), maxDays);
    const [state, policy] = await Promise.all([readEmissionState(covey), readPolicy(covey)]);
    replay.emission = replayEmission(state, policy, changes, { days, rounds });
    replay.exact &&= replay.emission.exact;
  }
  onProgress({ step: 'done', done: 1, total: 1 });
  return replay;
}

/** A round whose content is lost or altered is named and left out; a chain that does not answer ends the replay. */
function unreadable(error: unknown): { code: string; message: string } {
  const known = isProtocolError(error) || (isClientError(error) && /^(CONTENT_|RESULT_|LOGS_|ROUND_)/.test(error.code));
  if (!known) throw error;
  return { code: error.code, message: error.message };
}
