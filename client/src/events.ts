import type { ReasonName, VoidReasonName } from '@covey/contracts/abi';
import type { Address, Hex } from 'viem';

/** What single actions report as each of their transactions is mined. Amounts in wei. */
export type ActionEvent =
  | ({ event: 'approved'; spender: Address; amount: bigint } & Mined)
  | ({ event: 'staked'; node: Address; amount: bigint } & Mined)
  | ({ event: 'delegated'; node: Address; owner: Address; amount: bigint } & Mined)
  | ({ event: 'case-opened'; caseId: bigint; target: Address; reason: ReasonName; amount: bigint } & InRound & Mined)
  | ({ event: 'case-executed'; caseId: bigint; target: Address; taken: bigint; collected: bigint } & Mined)
  | ({ event: 'slash-collected'; node: Address; owner: Address; amount: bigint } & Mined)
  | ({ event: 'round-opened'; pool: bigint } & InRound & Mined)
  | ({ event: 'draw-scheduled'; drawBlock: bigint } & InRound & Mined)
  | ({ event: 'drawn'; seats: number } & InRound & Mined)
  | ({ event: 'accepted'; resultHash: Hex; seats: number; revealedSeats: number } & InRound & Mined)
  | ({ event: 'disputed' } & InRound & Mined)
  | ({ event: 'finalized'; resultHash: Hex; model: string } & InRound & Mined)
  | ({ event: 'claims-opened'; pool: bigint; trainersPool: bigint; validatorsPool: bigint } & InRound & Mined)
  | ({ event: 'voided'; reason: VoidReasonName } & InRound & Mined)
  | ({ event: 'forfeit-paid'; node: Address; amount: bigint } & InRound & Mined)
  | ({ event: 'emission-minted'; amount: bigint } & Mined)
  | ({ event: 'emission-synced'; taskId: bigint; amount: bigint } & Mined)
  | ({ event: 'key-published'; key: Hex } & InRound & Mined);

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
