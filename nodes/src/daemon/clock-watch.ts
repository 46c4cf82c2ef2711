/** A block as it was seen, both in seconds. */
interface Sight {
  number: bigint;
  timestamp: number;
  /** This machine's clock when it was seen first. */
  seenAt: number;
}

export interface ClockFindings {
  /** Seconds by which this machine's clock is ahead of the chain's (negative: behind) beyond what blocks explain; 0 where it may be right. */
  off: number;
  /** Seconds for which no new block came, where that is longer than blocks explain; else null. */
  stalled: number | null;
}

/** Clocks of proposers and of this machine may differ by so many seconds. */
const tolerance = 5;
/** Sights in a row that must agree: one block can be late. */
const agreeing = 3;
/** No block for so many intervals, and at least so many seconds, is a stall. */
const stallIntervals = 10;
const stallSeconds = 60;
/** Where no interval is known yet. */
const firstStall = 180;

/**
 * Compares this machine's clock with the chain's. A block that is new at this look was made since the last one, so that its
 * time is at most an interval and a look old, and is never in the future.
 */
export class ClockWatch {
  #last: Sight | null = null;
  #interval: number | null = null;
  readonly #offs: number[] = [];

  /** @param now This machine's clock, unix seconds. */
  see(block: { number: bigint; timestamp: number }, now: number, lookSeconds: number): ClockFindings {
    const last = this.#last;
    if (!last || block.number < last.number) {
      this.#last = { ...block, seenAt: now };
      return this.#findings(now);
    }
    if (block.number > last.number) {
      this.#interval = Math.max(1, (block.timestamp - last.timestamp) / Number(block.number - last.number));
      this.#last = { ...block, seenAt: now };
      const age = now - block.timestamp;
      const oldest = Math.min(this.#interval, stallSeconds) + lookSeconds + tolerance;
      this.#offs.push(age < -tolerance ? age : age > oldest ? age - oldest : 0);
      if (this.#offs.length > agreeing) this.#offs.shift();
    }
    return this.#findings(now);
  }

  /** Unix seconds of the chain, as far as its blocks tell; null before any. */
  chainNow(now: number): number | null {
    if (!this.#last) return null;
    const since = Math.max(0, now - this.#last.seenAt);
    return this.#last.timestamp + Math.min(since, this.#interval ?? 0);
  }

  get block(): { number: bigint; timestamp: number } | null {
    return this.#last;
  }

  #findings(now: number): ClockFindings {
    const since = this.#last ? now - this.#last.seenAt : 0;
    const most = this.#interval === null ? firstStall : Math.max(stallSeconds, stallIntervals * this.#interval);
    const isOff =
      this.#offs.length === agreeing && this.#offs.every((off) => off !== 0 && off > 0 === this.#offs[0]! > 0);
    return { off: isOff ? this.#offs.at(-1)! : 0, stalled: since > most ? since : null };
  }
}
