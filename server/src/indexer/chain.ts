import { roundManagerAbi, tokenVotingAbi } from '@covey/contracts/abi';
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

export type ChainReader = ReturnType<typeof createChainReader>;

export function createChainReader(rpcUrl: string, deployment: Deployment) {
  // Polling decides the pace, so no answer may come from a cache.
  const client: PublicClient = createPublicClient({
    transport: http(rpcUrl, { batch: { wait: 0, batchSize: 100 }, retryCount: 1, timeout: 20_000 }),
    cacheTime: 0,
  });
  const decode = logDecoder(deployment);
  const addresses = indexedContracts.map((name) => deployment[name]);

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
  async function ask(event: ChainEvent): Promise<Asked> {
    if (event.contract === 'tokenVoting' && event.name === 'ProposalCreated') {
      const voting = { address: deployment.tokenVoting, abi: tokenVotingAbi } as const;
      const proposalId = event.args.proposalId as bigint;
      const [, , parameters] = await client.readContract({
        ...voting,
        functionName: 'getProposal',
        args: [proposalId],
      });
      const totalVotingPower = await client.readContract({
        ...voting,
        functionName: 'totalVotingPower',
        args: [parameters.snapshotBlock],
      });
      return { proposal: { ...parameters, totalVotingPower } };
    }
    if (event.contract === 'roundManager' && event.name === 'RoundRuled') {
      const round = await client.readContract({
        address: deployment.roundManager,
        abi: roundManagerAbi,
        functionName: 'round',
        args: [event.args.taskId as bigint, event.args.round as number],
      });
      return { ruledSummary: round.accepted };
    }
    return {};
  }

  /** Reads blocks `from` to `to`; `windowFrom` is the first block whose header is needed whatever happened in it. */
  async function batch(from: number, to: number, windowFrom: number): Promise<Batch> {
    const logs = await client.getLogs({ address: addresses, fromBlock: BigInt(from), toBlock: BigInt(to) });
    const events = logs
      .map((log) => decode(log))
      .filter((event): event is ChainEvent => event !== undefined)
      .sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex);
    const numbers = new Set(events.map((event) => event.blockNumber));
    for (let number = Math.max(from, windowFrom); number <= to; number++) numbers.add(number);
    numbers.add(to);
    const headers = new Map<number, Header>();
    await Promise.all(
      [...numbers].map(async (number) => {
        const found = await header(number);
        if (found === undefined) throw new BranchChanged(`block ${number} is gone`);
        headers.set(number, found);
      }),
    );
    for (const event of events) {
      if (headers.get(event.blockNumber)?.hash !== event.blockHash)
        throw new BranchChanged(`block ${event.blockNumber} was replaced`);
    }
    for (const [number, { parentHash }] of headers) {
      const parent = headers.get(number - 1);
      if (parent !== undefined && parent.hash !== parentHash)
        throw new BranchChanged(`block ${number - 1} was replaced`);
    }
    const asked = await Promise.all(events.map(async (event) => ({ ...event, asked: await ask(event) })));
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
