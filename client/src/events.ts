import type { ReasonName, RoleName, VoidReasonName } from '@covey/contracts/abi';
import type { Address, Hex } from 'viem';

/** What single actions report as each of their transactions is mined. Amounts in wei. */
export type ActionEvent =
  | ({ event: 'approved'; spender: Address; amount: bigint } & Mined)
  | ({ event: 'staked'; node: Address; amount: bigint } & Mined)
  | ({ event: 'delegated'; node: Address; owner: Address; amount: bigint } & Mined)
  | ({ event: 'allocated'; node: Address; taskId: bigint; role: RoleName; ratio: bigint } & Mined)
  | ({ event: 'stake-released'; node: Address } & InRound & Mined)
  | ({ event: 'case-opened'; caseId: bigint; target: Address; reason: ReasonName; amount: bigint } & InRound & Mined)
  | ({ event: 'case-executed'; caseId: bigint; target: Address; taken: bigint; collected: bigint } & Mined)
  | ({ event: 'answer-case-closed'; caseId: bigint; node: Address; taken: bigint } & Mined)
  | ({ event: 'slash-collected'; node: Address; owner: Address; amount: bigint } & Mined)
  | ({ event: 'task-expired'; taskId: bigint } & Mined)
  | ({ event: 'round-opened'; pool: bigint } & InRound & Mined)
  | ({ event: 'joined'; node: Address; role: RoleName; ratio: bigint; stake: bigint } & InRound & Mined)
  | ({ event: 'beacon-fixed'; source: bigint } & InRound & Mined)
  | ({ event: 'drawn'; role: RoleName; attempt: number; seats: number } & InRound & Mined)
  | ({ event: 'key-published'; key: Hex } & InRound & Mined)
  | ({ event: 'accepted'; resultHash: Hex; contested: boolean; seats: number; revealedSeats: number } & InRound & Mined)
  | ({ event: 'challenged'; resultHash: Hex; bond: bigint } & InRound & Mined)
  | ({ event: 'finalized'; resultHash: Hex; model: string } & InRound & Mined)
  | ({ event: 'claims-opened'; pool: bigint; fee: bigint; trainersPart: bigint; validatorsPart: bigint } & InRound &
      Mined)
  | ({ event: 'claims-closed'; carried: bigint } & InRound & Mined)
  | ({ event: 'voided'; reason: VoidReasonName } & InRound & Mined)
  | ({ event: 'repeated'; reason: VoidReasonName; attempt: number } & InRound & Mined)
  | ({ event: 'forfeit-paid'; node: Address; amount: bigint } & InRound & Mined)
  | ({ event: 'emission-earned'; amount: bigint } & InRound & Mined);

export interface InRound {
  taskId: bigint;
  round: number;
}

export interface Mined {
  tx: Hex;
  gasUsed: bigint;
}

export type OnAction = (event: ActionEvent) => void;

export const ignoreActions: OnAction = () => undefined;
