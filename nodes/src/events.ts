import type { ReasonName, RoundPhaseName, VoidReasonName } from '@covey/contracts/abi';
import type { Address, Hex } from 'viem';

/** Who has stake at risk in a round, and every daemon. */
export type ParticipantRole = 'trainer' | 'validator';
export type DaemonRole = ParticipantRole | 'keeper' | 'creator';

/** What a participant can be too late for: stake before the round opened, or the step of a window. */
export type MissedStep = 'stake' | 'commit' | 'reveal' | 'join';

/** What participants report while they work. Amounts in wei; a tx has its gas. */
export type NodeEvent =
  | { event: 'started'; role: DaemonRole; address: Address }
  | { event: 'stopped'; role: DaemonRole; address: Address }
  | ({ event: 'approved'; spender: Address; amount: bigint } & Transaction)
  | ({ event: 'staked'; node: Address; amount: bigint } & Transaction)
  | ({ event: 'delegated'; node: Address; owner: Address; amount: bigint } & Transaction)
  | ({ event: 'training'; done: number; total: number } & InRound)
  /** Differential privacy spent on a task by the releases up to this round. */
  | ({ event: 'privacy'; epsilon: number; delta: number; noise: number } & InRound)
  | ({ event: 'uploaded'; what: 'submission' | 'model' | 'result'; cid: string; bytes: number } & InRound)
  | ({ event: 'committed' } & InRound & Transaction)
  | ({ event: 'revealed'; index: number; cid: string } & InRound & Transaction)
  | ({ event: 'joined'; stake: bigint } & InRound & Transaction)
  | ({
      event: 'attested';
      seats: number;
      bitmap: bigint[];
      missing: { index: number; cid: string; code: string }[];
    } & InRound &
      Transaction)
  | ({ event: 'scored'; resultHash: Hex; document: string; model: string } & InRound)
  | ({ event: 'result-committed'; resultHash: Hex } & InRound & Transaction)
  | ({ event: 'result-revealed'; resultHash: Hex } & InRound & Transaction)
  | ({ event: 'case-opened'; caseId: bigint; target: Address; reason: ReasonName; amount: bigint } & InRound &
      Transaction)
  | ({ event: 'case-executed'; caseId: bigint; target: Address; taken: bigint; collected: bigint } & Transaction)
  | ({ event: 'slash-collected'; node: Address; owner: Address; amount: bigint } & Transaction)
  | ({ event: 'claimed'; role: ParticipantRole; total: bigint; unlocked: bigint; vesting: bigint } & InRound &
      Transaction)
  | ({ event: 'nothing-to-claim'; role: ParticipantRole } & InRound)
  | ({ event: 'released'; amount: bigint } & InRound & Transaction)
  | ({ event: 'round-opened'; pool: bigint } & InRound & Transaction)
  | ({ event: 'draw-scheduled'; drawBlock: bigint } & InRound & Transaction)
  | ({ event: 'drawn'; seats: number } & InRound & Transaction)
  | ({ event: 'no-seat' } & InRound)
  | ({ event: 'accepted'; resultHash: Hex; seats: number; revealedSeats: number } & InRound & Transaction)
  | ({ event: 'disputed' } & InRound & Transaction)
  | ({ event: 'finalized'; resultHash: Hex; model: string } & InRound & Transaction)
  | ({ event: 'claims-opened'; pool: bigint; trainersPool: bigint; validatorsPool: bigint } & InRound & Transaction)
  | ({ event: 'voided'; reason: VoidReasonName } & InRound & Transaction)
  | ({ event: 'forfeit-paid'; node: Address; amount: bigint } & InRound & Transaction)
  | ({ event: 'emission-minted'; amount: bigint } & Transaction)
  | ({ event: 'emission-synced'; taskId: bigint; amount: bigint } & Transaction)
  /** Signed Snapshot votes that were brought on chain; those skipped would not have counted or did already. */
  | { event: 'votes-submitted'; proposal: Hex; counted: number; skipped: number; rejected: number; gasUsed: bigint }
  | ({ event: 'snapshot-executed'; proposal: Hex } & Transaction)
  | ({ event: 'key-published'; key: Hex } & InRound & Transaction)
  | ({ event: 'missed'; step: MissedStep; phase: RoundPhaseName } & InRound)
  | { event: 'error'; code: string; message: string; taskId?: bigint; round?: number };

interface InRound {
  taskId: bigint;
  round: number;
}

interface Transaction {
  tx: Hex;
  gasUsed: bigint;
}

export type OnEvent = (event: NodeEvent) => void;

export const ignoreEvents: OnEvent = () => undefined;
