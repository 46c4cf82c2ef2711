import { parameterCount, type TaskDocument } from '@covey/protocol';
import { composePrivacy } from '@covey/wasm-core';
import { isNodeError, nodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import { DELTA, type ReleaseAt } from '../trainer/privacy.ts';
import { linked, type LedgerEntry, type PrivacyLedger, type Released } from './ledger.ts';

/** What a node may spend of its data’s privacy. */
export interface Allowance {
  epsilon: number;
  delta: number;
}

/** ε of releases together, by both accountants; no release is sampled, and each record is a node’s whole part in a round. */
export function spentBy(entries: readonly Pick<LedgerEntry, 'noise'>[], delta: number): { pld: number; rdp: number } {
  const releases = entries.map(({ noise }) => ({ noise, steps: 1 }));
  return {
    pld: composePrivacy({ releases, delta }).epsilon,
    rdp: composePrivacy({ releases, delta, accountant: 'rdp' }).epsilon,
  };
}

/** How many more releases of this noise stay within the allowance, up to `most`. */
export function releasesLeft(
  entries: readonly Pick<LedgerEntry, 'noise'>[],
  noise: number,
  { epsilon, delta }: Allowance,
  most = 100_000,
): number {
  const spent = entries.map((entry) => ({ noise: entry.noise, steps: 1 }));
  const fits = (steps: number) => composePrivacy({ releases: [...spent, { noise, steps }], delta }).epsilon <= epsilon;
  if (!fits(1)) return 0;
  let [fitting, beyond] = [1, 2];
  while (beyond <= most && fits(beyond)) [fitting, beyond] = [beyond, beyond * 2];
  while (beyond - fitting > 1) {
    const middle = Math.floor((fitting + beyond) / 2);
    if (middle <= most && fits(middle)) fitting = middle;
    else beyond = middle;
  }
  return fitting;
}

export interface ReleaseGateOptions extends Released {
  ledger: PrivacyLedger;
  /** Default: all is counted, nothing refused. */
  allowance?: Allowance;
}

/** Stands between a training node and whoever reads its updates: counts all of them, and stops those beyond its allowance. */
export class ReleaseGate {
  readonly #ledger: PrivacyLedger;
  readonly #allowance: Allowance | undefined;
  readonly #what: Released;

  constructor({ ledger, allowance, data, noise }: ReleaseGateOptions) {
    this.#ledger = ledger;
    this.#allowance = allowance;
    this.#what = { data, noise };
  }

  /**
   * Before a round is joined, and before it is trained for. Writes first and looks then, so that of rounds that are reserved
   * at once none slips through. Throws PRIVACY_SPENT, and gives the reservation back, where the round does not fit.
   */
  async reserve(at: ReleaseAt, task: TaskDocument, onEvent: OnEvent): Promise<void> {
    const { noise } = this.#what;
    const isFederated = task.mode !== 'arena';
    if (this.#allowance && !isFederated) throw beyond(at, this.#allowance, Infinity, 'An arena takes no noise');
    await this.#ledger.reserve(at, this.#what);
    if (noise === 0 && !this.#allowance) return;
    try {
      const spent = await this.#spent(at);
      const { taskId, round } = at;
      const most = 1 / (noise * Math.sqrt(parameterCount(task.architecture)));
      onEvent({ event: 'privacy-reserved', taskId, round, ...spent, noise, signalToNoise: most });
      if (this.#allowance && !(spent.left! >= 0)) throw beyond(at, this.#allowance, spent.epsilon, 'One more round');
    } catch (error) {
      if (isNodeError(error, 'PRIVACY_SPENT')) await this.#ledger.withdraw(at);
      throw error;
    }
  }

  /** Before an update is kept to be committed. */
  async spend(at: ReleaseAt, cid: string, onEvent: OnEvent): Promise<void> {
    await this.#ledger.spend(at, this.#what, cid);
    const { taskId, round } = at;
    const { noise } = this.#what;
    if (noise === 0) return;
    const spent = await this.#spent(at);
    if (this.#allowance && !(spent.left! >= 0)) throw beyond(at, this.#allowance, spent.epsilon, 'This update');
    onEvent({ event: 'privacy', taskId, round, ...spent, noise });
  }

  /** Once a round is over for the node: what it did not release is free again. */
  async withdraw(at: ReleaseAt): Promise<void> {
    await this.#ledger.withdraw(at);
  }

  /** ε of all that shares this node or its data, with what is reserved. */
  async #spent({ node }: ReleaseAt) {
    const { delta = DELTA, epsilon: most } = this.#allowance ?? {};
    const groups = linked(await this.#ledger.entries());
    const mine = groups.find((group) => group.some((entry) => entry.node === node.toLowerCase())) ?? [];
    const { pld, rdp } = spentBy(mine, delta);
    return { epsilon: pld, epsilonRdp: rdp, delta, left: most === undefined ? null : most - pld };
  }
}

function beyond({ taskId, round }: ReleaseAt, { epsilon, delta }: Allowance, would: number, what: string) {
  return nodeError(
    'PRIVACY_SPENT',
    `${what} (round ${round} of task ${taskId}) would bring ε to ${would.toFixed(4)} at δ = ${delta}; allowed is ${epsilon}.`,
    { expected: `at most ε = ${epsilon} at δ = ${delta}`, got: `ε = ${would}` },
  );
}
