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

/** Reads for whoever shows one kind of channel: of those that are there, or of those that nobody knows. */
class Lane {
  readonly known = new Map<Hex, Known>();
  readonly #rate = new PerSecond(MOST_A_SECOND);
  #running = 0;

  async read<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= MOST_READS || !this.#rate.take())
      throw nodeError('HOST_BUSY', 'Too many channels are being looked up.', { hint: 'Ask again in a moment.' });
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
    }
  }

  /** Latest read last: the oldest is forgotten first. */
  keep(id: Hex, found: Known): void {
    this.known.delete(id);
    this.known.set(id, found);
    if (this.known.size > MOST_KNOWN) this.known.delete(this.known.keys().next().value!);
  }
}

/**
 * Channels by what was last read of them. Bounded, whoever asks for whichever: HOST_BUSY beyond. Whoever makes ids up takes
 * nothing from those whose channels are there: they have reads and places of their own.
 */
export class ChannelBook {
  readonly #read: ReadChannel;
  readonly #isPayers: (id: Hex) => boolean;
  readonly #payers = new Lane();
  readonly #strangers = new Lane();
  readonly #reading = new Map<Hex, Promise<ChannelOnChain | null>>();

  /** @param isPayers Whether a channel has paid already, before this host was started too. */
  constructor(read: ReadChannel, isPayers: (id: Hex) => boolean = () => false) {
    this.#read = read;
    this.#isPayers = isPayers;
  }

  /** @param need What its deposit must cover; where it does not by what is known, it is looked at again. */
  async get(id: Hex, need: bigint): Promise<ChannelOnChain | null> {
    const known = this.#payers.known.get(id) ?? this.#strangers.known.get(id);
    const age = known ? performance.now() - known.readAt : Infinity;
    const suffices = known?.channel ? known.channel.deposit >= need : true;
    // A channel that lacks something is not looked at more often than once a second.
    if (known && (suffices ? age < FRESH_MS : age < 1_000)) return known.channel;
    const lane = known?.channel || this.#isPayers(id) ? this.#payers : this.#strangers;
    return await lane.read(() => this.refresh(id));
  }

  /** Looks at the chain, whatever is known. */
  async refresh(id: Hex): Promise<ChannelOnChain | null> {
    const running = this.#reading.get(id);
    if (running) return await running;
    const reading = this.#read(id).finally(() => this.#reading.delete(id));
    this.#reading.set(id, reading);
    const channel = await reading;
    const [lane, other] = channel ? [this.#payers, this.#strangers] : [this.#strangers, this.#payers];
    other.known.delete(id);
    lane.keep(id, { channel, readAt: performance.now() });
    return channel;
  }
}
