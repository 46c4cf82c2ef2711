import type { ChannelOnChain } from '@covey/client/inference';
import type { Hex } from 'viem';
import { nodeError } from '../../errors.ts';
import { PerSecond } from '../per-second.ts';

export type ReadChannel = (channel: Hex) => Promise<ChannelOnChain | null>;

/** Milliseconds for which what was read of a channel holds; channels that are remembered; reads at once and in a second. */
const FRESH_MS = 30_000;
const MOST_KNOWN = 10_000;
const MOST_READS = 64;
const MOST_A_SECOND = 100;

interface Known {
  channel: ChannelOnChain | null;
  readAt: number;
}

/** Channels by what was last read of them. Bounded, whoever asks for whichever: HOST_BUSY beyond. */
export class ChannelBook {
  readonly #read: ReadChannel;
  readonly #known = new Map<Hex, Known>();
  readonly #rate = new PerSecond(MOST_A_SECOND);
  readonly #reading = new Map<Hex, Promise<ChannelOnChain | null>>();

  constructor(read: ReadChannel) {
    this.#read = read;
  }

  /** @param need What its deposit must cover; where it does not by what is known, it is looked at again. */
  async get(id: Hex, need: bigint): Promise<ChannelOnChain | null> {
    const known = this.#known.get(id);
    const age = known ? performance.now() - known.readAt : Infinity;
    const suffices = known?.channel ? known.channel.deposit >= need : true;
    // A channel that lacks something is not looked at more often than once a second.
    if (known && (suffices ? age < FRESH_MS : age < 1_000)) return known.channel;
    this.#requireRoom();
    return await this.refresh(id);
  }

  /** Looks at the chain, whatever is known. */
  async refresh(id: Hex): Promise<ChannelOnChain | null> {
    const running = this.#reading.get(id);
    if (running) return await running;
    const reading = this.#read(id).finally(() => this.#reading.delete(id));
    this.#reading.set(id, reading);
    const channel = await reading;
    // Latest read last: the oldest is forgotten first.
    this.#known.delete(id);
    this.#known.set(id, { channel, readAt: performance.now() });
    if (this.#known.size > MOST_KNOWN) this.#known.delete(this.#known.keys().next().value!);
    return channel;
  }

  /** Whoever makes ids up has as few of the chain's reads as everybody. */
  #requireRoom(): void {
    if (this.#reading.size >= MOST_READS || !this.#rate.take())
      throw nodeError('HOST_BUSY', 'Too many channels are being looked up.', { hint: 'Ask again in a moment.' });
  }
}
