import type { ActionEvent, InRound, Mined } from '@covey/client';
import type { RoundPhaseName } from '@covey/contracts/abi';
import type { Address, Hex } from 'viem';

/** Who has stake at risk in a round, and every daemon. */
export type ParticipantRole = 'trainer' | 'validator';
export type DaemonRole = ParticipantRole | 'keeper' | 'creator';

/** What a participant can be too late for: stake before the round opened, or the step of a window. */
export type MissedStep = 'stake' | 'commit' | 'reveal' | 'join';

/** What participants report while they work. Amounts in wei; a tx has its gas. */
export type NodeEvent =
  | ActionEvent
  | { event: 'started'; role: DaemonRole; address: Address }
  | { event: 'stopped'; role: DaemonRole; address: Address }
  | ({ event: 'training'; done: number; total: number } & InRound)
  /** Differential privacy spent on a task by the releases up to this round. */
  | ({ event: 'privacy'; epsilon: number; delta: number; noise: number } & InRound)
  | ({ event: 'uploaded'; what: 'submission' | 'model' | 'result'; cid: string; bytes: number } & InRound)
  | ({ event: 'committed' } & InRound & Mined)
  | ({ event: 'revealed'; index: number; cid: string } & InRound & Mined)
  | ({ event: 'joined'; stake: bigint } & InRound & Mined)
  | ({
      event: 'attested';
      seats: number;
      bitmap: bigint[];
      missing: { index: number; cid: string; code: string }[];
    } & InRound &
      Mined)
  | ({ event: 'scored'; resultHash: Hex; document: string; model: string } & InRound)
  | ({ event: 'result-committed'; resultHash: Hex } & InRound & Mined)
  | ({ event: 'result-revealed'; resultHash: Hex } & InRound & Mined)
  | ({ event: 'claimed'; role: ParticipantRole; total: bigint; unlocked: bigint; vesting: bigint } & InRound & Mined)
  | ({ event: 'nothing-to-claim'; role: ParticipantRole } & InRound)
  | ({ event: 'released'; amount: bigint } & InRound & Mined)
  | ({ event: 'no-seat' } & InRound)
  /** Signed Snapshot votes that were brought on chain; those skipped would not have counted or did already. */
  | { event: 'votes-submitted'; proposal: Hex; counted: number; skipped: number; rejected: number; gasUsed: bigint }
  | ({ event: 'snapshot-executed'; proposal: Hex } & Mined)
  | ({ event: 'missed'; step: MissedStep; phase: RoundPhaseName } & InRound)
  | { event: 'error'; code: string; message: string; taskId?: bigint; round?: number };

export type OnEvent = (event: NodeEvent) => void;

export const ignoreEvents: OnEvent = () => undefined;
