import type { Hex } from 'viem';

/** What a client knows of a channel. Wei. */
export interface PurseEntry {
  channel: Hex;
  /** The highest voucher that was signed: all that the host can ever take. */
  signed: bigint;
  /** What its answers cost, those under way and those that never came included. */
  spent: bigint;
}

/** Keeps entries by host, over restarts. A lost purse costs nothing: a host shows the voucher that it holds. */
export interface Purse {
  get(host: string): Promise<PurseEntry | null>;
  set(host: string, entry: PurseEntry | null): Promise<void>;
}

export function memoryPurse(): Purse {
  const entries = new Map<string, PurseEntry>();
  return {
    get: async (host) => entries.get(host) ?? null,
    set: async (host, entry) => void (entry ? entries.set(host, { ...entry }) : entries.delete(host)),
  };
}

/** Entries in the browser's storage, or whatever else has texts by name. */
export function storedPurse(
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>,
  prefix = 'covey.channel.',
): Purse {
  return {
    async get(host) {
      const text = storage.getItem(prefix + host);
      return text === null ? null : entryOf(text);
    },
    async set(host, entry) {
      if (entry) storage.setItem(prefix + host, textOf(entry));
      else storage.removeItem(prefix + host);
    },
  };
}

export const textOf = ({ channel, signed, spent }: PurseEntry): string =>
  JSON.stringify({ channel, signed: String(signed), spent: String(spent) });

/** Null for what is no entry: it counts as lost. */
export function entryOf(text: string): PurseEntry | null {
  try {
    const { channel, signed, spent } = JSON.parse(text) as Record<string, string>;
    return { channel: channel as Hex, signed: BigInt(signed!), spent: BigInt(spent!) };
  } catch {
    return null;
  }
}
