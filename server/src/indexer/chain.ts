import { tokenVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { createPublicClient, http } from 'viem';
import type { Hex, PublicClient } from 'viem';
import { ServerError } from '../errors.ts';
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
  const addresses = indexedContracts.flatMap((name) => deployment[name] ?? []);

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

  /** What an event leaves out and no later block changes. */
  async function ask(event: ChainEvent, at: { blockHash?: Hex }): Promise<Asked> {
    if (event.contract === 'tokenVoting' && event.name === 'ProposalCreated') {
      const voting = { address: deployment.tokenVoting, abi: tokenVotingAbi } as const;
      const proposalId = event.args.proposalId as bigint;
      const [, , parameters] = await client.readContract({
        ...voting,
        ...at,
        functionName: 'getProposal',
        args: [proposalId],
      });
      const totalVotingPower = await client.readContract({
        ...voting,
        ...at,
        functionName: 'totalVotingPower',
        args: [parameters.snapshotBlock],
      });
      return { proposal: { ...parameters, totalVotingPower } };
    }
    return {};
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

  function decodeAll(logs: Parameters<typeof decode>[0][]): ChainEvent[] {
    return logs
      .map((log) => decode(log))
      .filter((event) => event !== undefined)
      .sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
  }

  /** Blocks that no reorganisation reaches and that every node of a provider has: one question for all of them. */
  async function settled(from: number, to: number): Promise<Pick<Batch, 'headers'> & { events: ChainEvent[] }> {
    const logs = await client.getLogs({ address: addresses, fromBlock: BigInt(from), toBlock: BigInt(to) });
    const events = decodeAll(logs);
    return { events, headers: await readHeaders(new Set([...events.map((event) => event.blockNumber), to])) };
  }

  /**
   * Blocks that may change while they are read, from nodes of which one may not know what the other has. For a range
   * beyond its head a node answers that nothing happened, and for a range alone nobody says on which branch; asked by
   * hash, it answers for that very block or fails.
   */
  async function open(from: number, to: number): Promise<Pick<Batch, 'headers'> & { events: ChainEvent[] }> {
    const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
    const headers = await readHeaders(numbers);
    const logs = await inTurns([...headers.values()], ({ hash }) =>
      client.getLogs({ address: addresses, blockHash: hash }),
    );
    // Some nodes answer an unknown hash as if it were an empty block.
    if ((await mustHave(to)).hash !== headers.get(to)?.hash) throw new BranchChanged(`block ${to} was replaced`);
    return { events: decodeAll(logs.flat()), headers };
  }

  /** Reads blocks `from` to `to`, which lie before `windowFrom`, the first block that can be reorganised, or after. */
  async function batch(from: number, to: number, windowFrom: number): Promise<Batch> {
    const { events, headers } = from < windowFrom ? await settled(from, to) : await open(from, to);
    for (const event of events) {
      if (headers.get(event.blockNumber)?.hash !== event.blockHash)
        throw new BranchChanged(`block ${event.blockNumber} was replaced`);
    }
    for (const [number, { parentHash }] of headers) {
      const parent = headers.get(number - 1);
      if (parent !== undefined && parent.hash !== parentHash)
        throw new BranchChanged(`block ${number - 1} was replaced`);
    }
    // Nodes keep the state of the newest blocks only; for older ones the newest state says the same.
    const blockHash = from < windowFrom ? undefined : headers.get(to)?.hash;
    const at = blockHash === undefined ? {} : { blockHash };
    const asked = await inTurns(events, async (event) => ({ ...event, asked: await ask(event, at) }));
    return { from, to, events: asked, headers };
  }

  async function checkChain(): Promise<void> {
    const chainId = await client.getChainId();
    if (chainId !== deployment.chainId) {
      throw new ServerError('SERVER_WRONG_CHAIN', 'the RPC serves another chain', {
        expected: `chain ${deployment.chainId} of the deployment`,
        got: `chain ${chainId}`,
      });
    }
  }

  return { client, head, header, batch, checkChain };
}

/** Asks for all of them, a bounded number at once, which the transport sends as one request. */
async function inTurns<T, R>(items: T[], ask: (item: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE) {
    answers.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(ask))));
  }
  return answers;
}
