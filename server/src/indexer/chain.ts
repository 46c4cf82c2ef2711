import type { Deployment } from '@covey/contracts/abi/deployment';
import {
  BranchChanged,
  chainError,
  inTurns,
  readBlockLogs,
  readHeader,
  readHeaders,
  readLogs,
  rpcTransport,
} from '@covey/client';
import type { ChainLog, Header as ProvenHeader, Rpc } from '@covey/client';
import { createPublicClient } from 'viem';
import type { Address, Hex, PublicClient } from 'viem';
import { inChainOrder } from '../store/tables/rounds.ts';
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

/** Blocks of a batch. */
export const MAX_RANGE = 2000;
/**
 * Histories of up to so many blocks are checked against every block's Bloom filter, at one header a block. In longer ones
 * only blocks that gave logs are looked at.
 */
const PROVEN_HISTORY = 100_000;
/** Blocks whose receipts are asked for at once: they can be large. */
const RECEIPTS_AT_ONCE = 8;

export type ChainReader = ReturnType<typeof createChainReader>;

export function createChainReader(urls: readonly string[], deployment: Deployment) {
  // Polling decides the pace, so no answer may come from a cache.
  const client: PublicClient = createPublicClient({
    transport: rpcTransport({ urls, chainId: deployment.chainId, retryCount: 1 }),
    cacheTime: 0,
  });
  const decode = logDecoder(deployment);
  const ask = createAsk(client, deployment);
  // Where the DAO has its SnapshotVoting, the chain says.
  const addresses = indexedContracts.flatMap((name) => (name === 'snapshotVoting' ? [] : (deployment[name] ?? [])));

  const rpc = client as unknown as Rpc;
  const gone = (number: bigint | number) => new BranchChanged(`block ${number} is gone`);

  async function header(number: number): Promise<Header | undefined> {
    const found = await readHeader(rpc, BigInt(number));
    return found && headerOf(found);
  }

  async function head(): Promise<Header> {
    const found = await readHeader(rpc, 'latest');
    if (found === undefined) throw new BranchChanged('the endpoint has no newest block');
    return headerOf(found);
  }

  /** Blocks of events and the last one, with the events. */
  interface Stretch {
    events: ChainEvent[];
    headers: Map<number, Header>;
  }

  function stretchOf(logs: readonly ChainLog[], headers: Iterable<ProvenHeader>): Stretch {
    const events = logs.map((log) => decode(log)).filter((event) => event !== undefined);
    return { events, headers: new Map([...headers].map((found) => [Number(found.number), headerOf(found)])) };
  }

  /**
   * What the blocks logged, from their receipts: under a block's hash these are proven, so nothing that a node does not
   * have yet, or leaves out, is taken for nothing.
   */
  async function proven(address: Address[], headers: readonly ProvenHeader[]): Promise<ChainLog[]> {
    const filter = { address, topics: [] };
    return (await inTurns(headers, (one) => readBlockLogs(rpc, one, filter), RECEIPTS_AT_ONCE)).flat();
  }

  /** Blocks that no reorganisation reaches: logs show in which of them something happened. */
  async function settled(address: Address[], from: number, to: number, windowFrom: number): Promise<Stretch> {
    const filter = { address, topics: [], fromBlock: BigInt(from), toBlock: BigInt(to) };
    const bloomBlocks = windowFrom - deployment.startBlock <= PROVEN_HISTORY ? Infinity : 0;
    const { logs, headers } = await readLogs(rpc, filter, { bloomBlocks });
    const told = new Set([...logs.map(({ blockNumber }) => blockNumber), filter.toBlock]);
    const kept = [...headers.values()].filter(({ number }) => told.has(number));
    return stretchOf(await proven(address, kept), kept);
  }

  /** Blocks that may change while they are read: each by its hash. */
  async function open(address: Address[], from: number, to: number): Promise<Stretch> {
    const numbers = Array.from({ length: to - from + 1 }, (_, index) => BigInt(from + index));
    const headers = [...(await readHeaders(rpc, numbers, gone)).values()];
    return stretchOf(await proven(address, headers), headers);
  }

  /** Reads blocks, all before `windowFrom` or all from there on, and shows that they are of one branch. */
  async function stretch(address: Address[], from: number, to: number, windowFrom: number): Promise<Stretch> {
    const found = from < windowFrom ? await settled(address, from, to, windowFrom) : await open(address, from, to);
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
      const before = answered.filter((event) => inChainOrder(event, grant) < 0);
      plugin.past = before.map((event) => ({ ...event, at: own.headers.get(event.blockNumber)?.timestamp ?? 0 }));
      asked.push(...answered.slice(before.length));
      for (const event of answered.slice(before.length)) {
        const header = own.headers.get(event.blockNumber);
        if (header !== undefined) headers.set(header.number, header);
      }
    }
    return asked.sort(inChainOrder);
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

  /** CHAIN_WRONG where no endpoint serves the deployment's chain. */
  async function checkChain(): Promise<void> {
    try {
      await client.getChainId();
    } catch (cause) {
      throw chainError(cause, 'connecting to the chain');
    }
  }

  return { client, head, header, batch, checkChain };
}

function headerOf({ number, hash, parentHash, timestamp }: ProvenHeader): Header {
  return { number: Number(number), hash, parentHash, timestamp: Number(timestamp) };
}

/** Of two blocks that stand one after the other, the later one names the earlier. */
function followed(parent: Header | undefined, header: Header | undefined): void {
  if (parent !== undefined && header !== undefined && header.parentHash !== parent.hash)
    throw new BranchChanged(`block ${parent.number} was replaced`);
}
