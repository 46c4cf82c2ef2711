import type { Deployment } from '@covey/contracts/abi/deployment';
import { createPublicClient, http } from 'viem';
import type { Address, Hex, PublicClient } from 'viem';
import { serverError } from '../errors.ts';
import { createAsk } from './ask.ts';
import { indexedContracts, logDecoder } from './contracts.ts';
import type { ChainEvent } from './contracts.ts';
import type { Asked } from './context.ts';

export interface Header {
  number: number;
  hash: Hex;
  parentHash: Hex;
  timestamp: number;
}

/** A stretch of the chain, as one consistent branch has it. */
export interface Batch {
  from: number;
  to: number;
  events: (ChainEvent & { asked: Asked })[];
  /** Of all blocks with events, of the last one, and of all in the window that can still be reorganised. */
  headers: Map<number, Header>;
}

/** Thrown when the chain changed under a batch: reading it again gives one branch. */
export class BranchChanged extends Error {}

/** Blocks asked for at once; public nodes allow about this many. */
export const MAX_RANGE = 2000;
/** Questions in flight; more are more than public nodes take at once. */
const AT_ONCE = 64;

export type ChainReader = ReturnType<typeof createChainReader>;

export function createChainReader(rpcUrl: string, deployment: Deployment) {
  // Polling decides the pace, so no answer may come from a cache.
  const client: PublicClient = createPublicClient({
    transport: http(rpcUrl, { batch: { wait: 0, batchSize: 100 }, retryCount: 1, timeout: 20_000 }),
    cacheTime: 0,
  });
  const decode = logDecoder(deployment);
  const ask = createAsk(client, deployment);
  // Where the DAO has its SnapshotVoting, the chain says.
  const addresses = indexedContracts.flatMap((name) => (name === 'snapshotVoting' ? [] : (deployment[name] ?? [])));

  async function header(number: number): Promise<Header | undefined> {
    try {
      const block = await client.getBlock({ blockNumber: BigInt(number) });
      return { number, hash: block.hash, parentHash: block.parentHash, timestamp: Number(block.timestamp) };
    } catch (error) {
      if (error instanceof Error && error.name === 'BlockNotFoundError') return undefined;
      throw error;
    }
  }

  async function head(): Promise<Header> {
    const block = await client.getBlock({ blockTag: 'latest' });
    return {
      number: Number(block.number),
      hash: block.hash,
      parentHash: block.parentHash,
      timestamp: Number(block.timestamp),
    };
  }

  async function mustHave(number: number): Promise<Header> {
    const found = await header(number);
    if (found === undefined) throw new BranchChanged(`block ${number} is gone`);
    return found;
  }

  async function readHeaders(numbers: Iterable<number>): Promise<Map<number, Header>> {
    const found = await inTurns([...numbers], mustHave);
    return new Map(found.map((header) => [header.number, header]));
  }

  /** Blocks of events and the last one, with the events. */
  interface Stretch {
    events: ChainEvent[];
    headers: Map<number, Header>;
  }

  function decodeAll(logs: Parameters<typeof decode>[0][]): ChainEvent[] {
    return logs
      .map((log) => decode(log))
      .filter((event) => event !== undefined)
      .sort(inOrder);
  }

  /** Blocks that no reorganisation reaches and that every node of a provider has: one question for many of them. */
  async function settled(address: Address[], from: number, to: number): Promise<Stretch> {
    const events: ChainEvent[] = [];
    for (let start = from; start <= to; start += MAX_RANGE) {
      const end = Math.min(to, start + MAX_RANGE - 1);
      events.push(...decodeAll(await client.getLogs({ address, fromBlock: BigInt(start), toBlock: BigInt(end) })));
    }
    return { events, headers: await readHeaders(new Set([...events.map((event) => event.blockNumber), to])) };
  }

  /**
   * Blocks that may change while they are read, from nodes of which one may not know what the other has. For a range
   * beyond its head a node answers that nothing happened, and for a range alone nobody says on which branch; asked by
   * hash, it answers for that very block or fails.
   */
  async function open(address: Address[], from: number, to: number): Promise<Stretch> {
    const headers = await readHeaders(Array.from({ length: to - from + 1 }, (_, index) => from + index));
    const logs = await inTurns([...headers.values()], ({ hash }) => client.getLogs({ address, blockHash: hash }));
    // Some nodes answer an unknown hash as if it were an empty block.
    if ((await mustHave(to)).hash !== headers.get(to)?.hash) throw new BranchChanged(`block ${to} was replaced`);
    return { events: decodeAll(logs.flat()), headers };
  }

  /** Reads blocks, all before `windowFrom` or all from there on, and shows that they are of one branch. */
  async function stretch(address: Address[], from: number, to: number, windowFrom: number): Promise<Stretch> {
    const found = from < windowFrom ? await settled(address, from, to) : await open(address, from, to);
    for (const event of found.events) {
      if (found.headers.get(event.blockNumber)?.hash !== event.blockHash)
        throw new BranchChanged(`block ${event.blockNumber} was replaced`);
    }
    for (const [number, header] of found.headers) followed(found.headers.get(number - 1), header);
    return found;
  }

  /**
   * Everything that a plugin emitted up to `to`: proposals can be registered with it as soon as it exists, which is
   * before the DAO lets it execute.
   */
  async function pluginEvents(plugin: Address, to: number, windowFrom: number): Promise<Stretch> {
    const { startBlock } = deployment;
    const edge = Math.min(to, windowFrom - 1);
    const parts: Stretch[] = [];
    if (startBlock <= edge) parts.push(await stretch([plugin], startBlock, edge, windowFrom));
    const recent = Math.max(startBlock, windowFrom);
    if (recent <= to) parts.push(await stretch([plugin], recent, to, windowFrom));
    return {
      events: parts.flatMap(({ events }) => events),
      headers: new Map(parts.flatMap(({ headers }) => [...headers])),
    };
  }

  /** Asks what events leave out; a plugin that begins with one of them brings its own events, which need asking too. */
  async function complete(
    { events, headers }: Stretch,
    to: number,
    { watched, windowFrom, at }: { watched: Set<Address>; windowFrom: number; at: { blockHash?: Hex } },
  ): Promise<Batch['events']> {
    const asked = await inTurns(events, async (event) => ({ ...event, asked: await ask(event, at) }));
    for (const grant of [...asked]) {
      const { plugin } = grant.asked;
      const who = grant.args.who as Address;
      if (plugin === undefined || watched.has(who)) continue;
      watched.add(who);
      const own = await pluginEvents(who, to, windowFrom);
      for (const [number, header] of own.headers) {
        const known = headers.get(number);
        if (known !== undefined && known.hash !== header.hash) throw new BranchChanged(`block ${number} was replaced`);
        followed(header, headers.get(number + 1));
      }
      const answered = await inTurns(own.events, async (event) => ({ ...event, asked: await ask(event, at) }));
      const before = answered.filter((event) => inOrder(event, grant) < 0);
      plugin.past = before.map((event) => ({ ...event, at: own.headers.get(event.blockNumber)?.timestamp ?? 0 }));
      asked.push(...answered.slice(before.length));
      for (const event of answered.slice(before.length)) {
        const header = own.headers.get(event.blockNumber);
        if (header !== undefined) headers.set(header.number, header);
      }
    }
    return asked.sort(inOrder);
  }

  /**
   * Reads blocks `from` to `to`, which lie before `windowFrom`, the first block that can be reorganised, or after. Beside
   * the deployment's contracts it watches these plugins, and those that the DAO installs in these blocks.
   */
  async function batch(from: number, to: number, windowFrom: number, plugins: readonly Address[] = []): Promise<Batch> {
    const found = await stretch([...new Set([...addresses, ...plugins])], from, to, windowFrom);
    // Nodes keep the state of the newest blocks only; for older ones the newest state says the same.
    const blockHash = from < windowFrom ? undefined : found.headers.get(to)?.hash;
    const at = blockHash === undefined ? {} : { blockHash };
    const events = await complete(found, to, { watched: new Set(plugins), windowFrom, at });
    return { from, to, events, headers: found.headers };
  }

  async function checkChain(): Promise<void> {
    const chainId = await client.getChainId();
    if (chainId !== deployment.chainId) {
      throw serverError('SERVER_WRONG_CHAIN', 'the RPC serves another chain', {
        expected: `chain ${deployment.chainId} of the deployment`,
        got: `chain ${chainId}`,
      });
    }
  }

  return { client, head, header, batch, checkChain };
}

function inOrder(a: ChainEvent, b: ChainEvent): number {
  return a.blockNumber - b.blockNumber || a.logIndex - b.logIndex;
}

/** Of two blocks that stand one after the other, the later one names the earlier. */
function followed(parent: Header | undefined, header: Header | undefined): void {
  if (parent !== undefined && header !== undefined && header.parentHash !== parent.hash)
    throw new BranchChanged(`block ${parent.number} was replaced`);
}

/** Asks for all of them, a bounded number at once, which the transport sends as one request. */
async function inTurns<T, R>(items: T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    answers.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(ask))));
  }
  return answers;
}
