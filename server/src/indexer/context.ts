import { cidFromChain } from '@covey/protocol';
import type { ChainCid, ResultSummary } from '@covey/protocol';
import { zeroHash } from 'viem';
import type { Abi, Address, ContractEventName, ParseEventLogsReturnType } from 'viem';
import type { LiveKey } from '../schema/live.ts';
import type { DocumentKind } from '../schema/primitives.ts';
import type { Database } from '../store/handle.ts';
import type { Origin, Summary } from '../store/tables/rounds.ts';
import type { AbiOf, ChainEvent, IndexedContract } from './contracts.ts';

/** What an event does not say and the chain was asked for before its transaction began. */
export interface Asked {
  proposal?: {
    votingMode: number;
    supportThreshold: number;
    snapshotBlock: bigint;
    minVotingPower: bigint;
    totalVotingPower: bigint;
  };
  /** Who was granted EXECUTE on the DAO, when it is a SnapshotVoting of the deployment's token. */
  plugin?: {
    space: string;
    /** What it emitted before the grant, which is when the index begins to watch it. */
    past: PastEvent[];
  };
  /** What a payment token says of itself. */
  token?: { symbol: string | null; decimals: number | null };
  bound?: { settingsVersion: number; submissionWindow: number; minPower: bigint };
}

/** `at`: its block's time. */
export type PastEvent = ChainEvent & { asked: Asked; at: number };

/** A document that an event names. */
export interface Wanted {
  cid: string;
  kind: DocumentKind;
}

export interface Context {
  db: Database;
  /** The contract that emitted the event. */
  address: Address;
  source: Origin;
  asked: Asked;
  /** Names what became stale. */
  touch(...keys: LiveKey[]): void;
  /** Asks for a document to be fetched, at some time and without any promise. */
  want(cid: string, kind: DocumentKind): void;
}

type EventArgs<A extends Abi, N extends ContractEventName<A>> = ParseEventLogsReturnType<A, N, true>[number]['args'];

/** Handlers of one contract: each changes tables by what one event says, and by nothing else. */
export type Handlers<C extends IndexedContract> = {
  [N in ContractEventName<AbiOf<C>>]?: (args: EventArgs<AbiOf<C>, N>, context: Context) => Promise<void>;
};

/**
 * A CID as text. Contracts do not check every codec, and what anyone can write must not stop the index: a codec that
 * has no CID of ours is shown as it stands on chain.
 */
export function cidText(cid: ChainCid): string {
  try {
    return cidFromChain(cid);
  } catch {
    return `codec-${cid.codec}-${cid.digest}`;
  }
}

/** Contracts write no CID as zeros. */
export const cidOrNull = (cid: ChainCid): string | null => (cid.digest === zeroHash ? null : cidText(cid));

const DAG_JSON = 0x0129n;

export function summaryOf({ documentDigest, model, sumWeights, trainersRatio, ...summary }: ResultSummary): Summary {
  return {
    ...summary,
    documentCid: cidText({ codec: DAG_JSON, digest: documentDigest }),
    sumWeights: sumWeights.toString(),
    trainersRatio: trainersRatio.toString(),
    modelCid: cidText(model),
  };
}

/** Keys of a round and of everything that shows a part of it. */
export function roundKeys(taskId: bigint, round: number): LiveKey[] {
  return [`tasks/${taskId}/rounds/${round}`, `tasks/${taskId}`, 'tasks', 'stats'];
}
