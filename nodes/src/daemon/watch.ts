import { sentence } from '@covey/errors';
import type { CoveyWriter } from '@covey/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatEther } from 'viem';
import type { OnEvent } from '../events.ts';
import { duration } from '../log/words.ts';
import { ether, type NodeMetrics } from '../metrics/node-metrics.ts';
import { requireSpace } from '../state/disk.ts';
import { ClockWatch } from './clock-watch.ts';
import type { Computations } from './computations.ts';
import type { Duties, Duty, PendingOrder } from './duties.ts';
import { gasFrom, gasOfRound } from './gas-of-steps.ts';
import type { Troubles } from './troubles.ts';

export interface WatchParameters {
  covey: CoveyWriter;
  duties: Duties;
  computations?: Computations | undefined;
  /** Of a seller. */
  orders?: (() => PendingOrder[]) | undefined;
  troubles: Troubles;
  metrics: NodeMetrics;
  onEvent: OnEvent;
  /** The folder of the node; null where it keeps nothing. */
  stateDir: string | null;
  /** Whether the content store answers; null where the daemon has none. */
  reachContent: (() => Promise<boolean>) | null;
  /** Milliseconds between two looks. */
  everyMs: number;
}

/** The balance is looked at in one of so many looks. */
const balanceEvery = 6;
/** A step not done in the last part of its window is late: one in so many. */
const lastPart = 5;
/** The chain of Foundry's and Hardhat's development nodes, whose clock is moved at will: no fault of this machine's. */
const developmentChain = 31_337;
/** Bytes that a disk must have free again before it counts as such. */
const freeAgain = 16 * 2 ** 20;

/** Looks beside the daemon's work at what it depends on, and says what will keep it from a step before it does. */
export class Watch {
  readonly #p: WatchParameters;
  readonly #clock = new ClockWatch();
  readonly #said = new Set<string>();
  #looks = 0;

  constructor(parameters: WatchParameters) {
    this.#p = parameters;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Each by itself: what cannot be looked at is what the others are about.
      await Promise.allSettled([this.#lookAtChain(), this.#lookAtDisk(), this.#lookAtContent(), this.#lookAtBalance()]);
      this.#looks++;
      this.lookAtDuties();
      await sleep(this.#p.everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** What is left to do in rounds whose windows are not over, as far as is known. */
  pending(): Duty[] {
    const now = this.#now();
    return this.#p.duties.all.filter(({ until }) => until > now);
  }

  /** Orders whose keys can still be delivered. */
  pendingOrders(): PendingOrder[] {
    const now = this.#now();
    return (this.#p.orders?.() ?? []).filter(({ deliverBy }) => deliverBy > now);
  }

  /** Says once of each step that it may come too late. */
  lookAtDuties(): void {
    const { metrics, computations, onEvent } = this.#p;
    const now = this.#now();
    const pending = this.pending();
    const ends = [...pending.map(({ until }) => until), ...this.pendingOrders().map(({ deliverBy }) => deliverBy)];
    metrics.pending(ends.length);
    metrics.deadline(Math.min(...ends) - now);
    for (const { taskId, round, step, opens, until } of pending) {
      const left = until - now;
      const work = computations?.all.find((one) => one.taskId === taskId && one.round === round);
      const needed = work?.left ?? null;
      const isTooSlow = needed !== null && needed > left;
      const isEnding = now >= opens && left * lastPart < until - opens;
      const key = `${taskId}/${round}/${step}/${isTooSlow ? 'slow' : 'ending'}`;
      if ((!isTooSlow && !isEnding) || this.#said.has(key)) continue;
      this.#said.add(key);
      onEvent({ event: 'late', step, left, computing: work?.what ?? null, needed, taskId, round });
    }
  }

  /** The chain's time as far as it is known, else this machine's. */
  #now(): number {
    const own = Date.now() / 1000;
    return this.#clock.chainNow(own) ?? own;
  }

  async #lookAtChain(): Promise<void> {
    const { covey, metrics, troubles, everyMs } = this.#p;
    const { number, timestamp } = await covey.publicClient.getBlock({ blockTag: 'latest' });
    const now = Date.now() / 1000;
    const { off, stalled } = this.#clock.see({ number, timestamp: Number(timestamp) }, now, everyMs / 1000);
    metrics.block(Number(number));
    metrics.blockAge(now - Number(timestamp));
    metrics.clockOff(off);
    if (off === 0 || covey.deployment.chainId === developmentChain) troubles.end('clock');
    else troubles.begin('clock', clockSentence(off), { at: 'once' });
    if (stalled === null) troubles.end('blocks');
    else troubles.begin('blocks', sentence`No block after ${number} for ${duration(stalled)}`, { at: 'once' });
  }

  async #lookAtDisk(): Promise<void> {
    const { troubles, stateDir } = this.#p;
    if (stateDir === null || !troubles.has('disk')) return;
    await requireSpace(stateDir, freeAgain);
    troubles.end('disk');
  }

  async #lookAtContent(): Promise<void> {
    const { troubles, reachContent } = this.#p;
    if (reachContent && troubles.has('content') && (await reachContent())) troubles.end('content');
  }

  async #lookAtBalance(): Promise<void> {
    const { covey, duties, troubles, metrics } = this.#p;
    if (this.#looks % balanceEvery !== 0) return;
    const { address } = covey.sender;
    const [balance, price] = await Promise.all([
      covey.publicClient.getBalance({ address }),
      covey.publicClient.getGasPrice(),
    ]);
    const ofRounds = duties.all.reduce((sum, { step }) => sum + gasFrom(step), 0n);
    const needed = price * (ofRounds > gasOfRound ? ofRounds : gasOfRound);
    metrics.balance(ether(balance));
    metrics.balanceNeeded(ether(needed));
    if (balance >= needed) return troubles.end('balance');
    const message = sentence`${formatEther(balance)} ether is left for gas; rounds may need ${formatEther(needed)}: send some to ${address}`;
    troubles.begin('balance', message, { at: 'once' });
  }
}

function clockSentence(off: number): string {
  return off < 0
    ? sentence`This machine’s clock is ${duration(-off)} behind the chain’s newest block: set it`
    : sentence`The newest block is ${duration(off)} older than this machine’s clock explains: the clock is ahead, or the endpoint behind`;
}
