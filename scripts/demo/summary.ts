import type { Address, Hex } from 'viem';
import type { Check } from './check-list.ts';
import type { GasRow } from './gas.ts';
import type { StepRecord } from './progress.ts';

/** What `npm run demo -- --json` prints. Wei and losses (unit 2^-32 nat) are decimal strings. */
export interface Summary {
  schema: 'covey.demo/2';
  passed: boolean;
  seconds: number;
  steps: StepRecord[];
  deployment: Record<string, string | number>;
  task: { id: string; document: string; initialModel: string };
  rounds: RoundSummary[];
  slashes: SlashSummary[];
  proposals: { id: string; what: string; executed: boolean; yes: string; participation: number }[];
  snapshot: { id: string; choices: string[]; scores: number[]; winner: string; votes: number };
  /** The vote on Snapshot that the DAO was bound by; wei of votes. */
  binding: { plugin: Address; id: Hex; for: string; against: string; voters: number; executed: boolean };
  delegation: { rewards: string; claimed: string };
  /** Attacks that were played, and what each won. */
  attacks: { censorsSeats: number; sybilSeats: number; sybilShare: number; dust: string };
  emission: { minted: string; toTask: string };
  market: {
    listing: string;
    model: string;
    price: string;
    digit: { label: number; predicted: number };
    /** A model that its maker sealed: what its seller was paid, in wei, once the buyer had opened it. */
    sealed: {
      listing: string;
      manifest: string;
      order: string;
      price: string;
      earned: string;
      digit: { label: number; predicted: number };
    };
  };
  /** Paid predictions, one of them a lie. */
  hosting: {
    model: string;
    hosts: {
      node: Address;
      plays: string;
      staked: string;
      stakeLeft: string;
      channel: Hex;
      answers: number;
      redeemed: string;
      fee: string;
    }[];
    case: {
      caseId: string;
      target: Address;
      /** sha2-256 of the answer that was signed, and of the right one. */
      signed: Hex;
      right: Hex;
      evidence: string;
      bond: string;
      taken: string;
      toReporter: string;
      toTreasury: string;
    };
  };
  accuracy: { before: number; after: number; samples: number };
  gas: GasRow[];
  checks: Check[];
}

export interface RoundSummary {
  round: number;
  policyVersion: number;
  resultHash: Hex;
  resultDocument: string;
  model: string;
  /** Share of the round's validation shard that base model and aggregate get right. */
  accuracy: { before: number; after: number };
  /** Effective stake in wei of the validators on the accepted result, what it secures of the pool, and the treasury's fee. */
  acceptedStake: string;
  secured: string;
  fee: string;
  seats: { drawn: number; revealed: number; accepted: number };
  submissions: {
    index: number;
    node: Address;
    seats: number;
    plays: string;
    cid: string | null;
    verdict: string;
    loss: string | null;
    contribution: string | null;
    rank: number | null;
    weight: string;
  }[];
  validators: { node: Address; plays: string; seats: number; missing: number | null; agreed: boolean }[];
  payouts: {
    node: Address;
    role: 'trainer' | 'validator';
    total: string;
    delegators: string;
    unlocked: string;
    vesting: string;
  }[];
  carried: string;
}

export interface SlashSummary {
  caseId: string;
  round: number;
  target: Address;
  reason: string;
  taken: string;
  toTreasury: string;
  toReporter: string;
  toChallenger: string;
}
