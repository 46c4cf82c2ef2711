import type { ActionEvent, InRound, Mined, TransactionEvent } from '@covey/client';
import type { RoundPhaseName } from '@covey/contracts/abi';
import type { Address, Hex } from 'viem';
import type { Duty, DutyStep } from './daemon/duties.ts';
import type { TroubleName } from './daemon/trouble-names.ts';

/** Who has stake at risk in a round, and every daemon. */
export type ParticipantRole = 'trainer' | 'validator';
export type DaemonRole = ParticipantRole | 'keeper' | 'creator' | 'seller' | 'host';

/** What a participant can be too late for: stake before the round opened, or the step of a window. */
export type MissedStep = 'stake' | 'join' | 'commit' | 'reveal';

/** What takes long, and can be too long for a window. */
export type Computing = 'training' | 'scoring';

/** What participants report while they work. Amounts in wei; a tx has its gas. */
export type NodeEvent =
  | ActionEvent
  | TransactionEvent
  | { event: 'started'; role: DaemonRole; address: Address }
  | { event: 'stopped'; role: DaemonRole; address: Address }
  /** A command that trains: the seconds that it has, what it prints, the seconds that it took. */
  | ({ event: 'command-started'; folder: string; seconds: number } & InRound)
  | ({ event: 'command-said'; line: string } & InRound)
  | ({ event: 'command-ended'; seconds: number } & InRound)
  /** A signal came: what is under way is ended, and what is left to do in rounds follows. */
  | { event: 'stopping'; signal: string }
  | ({ event: 'pending' } & Duty)
  /** Where metrics and health are served. */
  | { event: 'serving'; url: string }
  /** What keeps the daemon from its work, or will; `seconds` later it is over. Where it has a code it was an error. */
  | { event: 'trouble'; what: TroubleName; message: string }
  | { event: 'recovered'; what: TroubleName; seconds: number }
  | { event: 'recovered'; code: string; seconds: number; taskId?: bigint; round?: number }
  /** An endpoint is passed over for the others, or asked again. */
  | { event: 'endpoint-left'; endpoint: string; message: string }
  | { event: 'endpoint-back'; endpoint: string; seconds: number }
  /** A step may come too late: seconds that its window has left, and that what must be done before it may take. */
  | ({ event: 'late'; step: DutyStep; left: number; computing: Computing | null; needed: number | null } & InRound)
  | ({ event: 'computed'; what: Computing; seconds: number } & InRound)
  | ({ event: 'training'; done: number; total: number } & InRound)
  /** Before a round is joined: what will be spent with it. `signalToNoise` is the most that an update can have. */
  | ({ event: 'privacy-reserved'; signalToNoise: number } & PrivacyState & InRound)
  /** What is spent with the update that was made. */
  | ({ event: 'privacy' } & PrivacyState & InRound)
  /** ‖clipped update‖ over the expected norm of its noise. */
  | ({ event: 'noised'; clip: number; noise: number; signalToNoise: number } & InRound)
  | ({ event: 'uploaded'; what: 'submission' | 'model' | 'delta' | 'result'; cid: string; bytes: number } & InRound)
  | ({ event: 'no-seat'; role: ParticipantRole; attempt: number } & InRound)
  | ({ event: 'committed'; seats: number } & InRound & Mined)
  | ({ event: 'revealed'; index: number; cid: string } & InRound & Mined)
  /** What a validator commits to have found missing. */
  | ({ event: 'attested'; attempt: number; seats: number } & MissingContent & InRound & Mined)
  | ({ event: 'attestation-revealed'; attempt: number } & InRound & Mined)
  /** It lacks something that counts, and commits no result: unpaid, and not slashed. */
  | ({ event: 'abstained'; attempt: number } & MissingContent & InRound)
  | ({ event: 'scored'; resultHash: Hex; document: string; model: string } & InRound)
  | ({ event: 'result-committed'; resultHash: Hex } & InRound & Mined)
  | ({ event: 'result-revealed'; resultHash: Hex } & InRound & Mined)
  | ({ event: 'claimed'; role: ParticipantRole; total: bigint; unlocked: bigint; vesting: bigint } & InRound & Mined)
  | ({ event: 'nothing-to-claim'; role: ParticipantRole } & InRound)
  | ({ event: 'released'; amount: bigint } & InRound & Mined)
  /** No round is opened that could only be void: so many are ready, and until then the next one must open. */
  | { event: 'waiting'; taskId: bigint; trainers: number; validators: number; secured: boolean; opensUntil: number }
  | ({ event: 'task-completed'; taskId: bigint } & Mined)
  /** Signed Snapshot votes that were brought on chain; those skipped would not have counted or did already. */
  | { event: 'votes-submitted'; proposal: Hex; counted: number; skipped: number; rejected: number; gasUsed: bigint }
  | ({ event: 'snapshot-executed'; proposal: Hex } & Mined)
  /** Sealed models: what a seller sees, does and lacks. Amounts in the smallest unit of the listing's token. */
  | ({ event: 'order-seen'; price: bigint; deliverBy: number } & OfOrder)
  | ({ event: 'key-delivered'; disputeEnd: number } & OfOrder & Mined)
  | ({ event: 'key-lacking'; deliverBy: number } & OfOrder)
  | ({ event: 'order-missed'; deliverBy: number } & OfOrder)
  | ({ event: 'order-settled'; toSeller: bigint } & OfOrder & Mined)
  /** Somebody proved that a wrong key or wrong content was sold: its orders are refunded, and its bond is lost. */
  | { event: 'listing-fraudulent'; listingId: bigint }
  /** Orders that are open as the seller stops. */
  | ({ event: 'order-pending'; deliverBy: number } & OfOrder)
  | ({ event: 'sales-withdrawn'; token: Address; amount: bigint } & Mined)
  /** Where a host answers, and for how many models. */
  | { event: 'host-serving'; url: string; models: number; free: boolean }
  /** One answer: seconds from the request on, how many were computed together, what it cost and which channel paid. */
  | {
      event: 'answered';
      kind: 'predict' | 'embed' | 'generate';
      model: string;
      seconds: number;
      together: number;
      price: bigint;
      channel: Hex;
    }
  /** A request that got none: the status and code that it was answered with. */
  | { event: 'turned-away'; status: number; code: string }
  /** Vouchers became COVEY: the treasury's fee is part of the amount. */
  | ({ event: 'redeemed'; channels: number; amount: bigint } & Mined)
  /** What contracts asked: answered, passed over for a reason, and paid out; `called`: the asker took it without failing. */
  | ({ event: 'desk-answered'; requestId: bigint; fee: bigint } & Mined)
  | { event: 'desk-passed'; requestId: bigint; code: string }
  | ({ event: 'desk-delivered'; requestId: bigint; called: boolean } & Mined)
  | ({ event: 'desk-refunded'; requestId: bigint } & Mined)
  | ({ event: 'missed'; step: MissedStep; phase: RoundPhaseName } & InRound)
  | { event: 'error'; code: string; message: string; taskId?: bigint; round?: number };

export interface OfOrder {
  orderId: bigint;
  listingId: bigint;
}

/** ε at δ by privacy loss distributions, and by Rényi divergences; what a budget leaves, or null without one. */
interface PrivacyState {
  epsilon: number;
  epsilonRdp: number;
  delta: number;
  left: number | null;
  /** Standard deviation over the clipping norm. */
  noise: number;
}

/** What could not be fetched whole: submissions, and the shard's ciphertext. */
export interface MissingContent {
  ciphertextMissing: boolean;
  missing: { index: number; cid: string; code: string }[];
}

export type OnEvent = (event: NodeEvent) => void;

export const ignoreEvents: OnEvent = () => undefined;
