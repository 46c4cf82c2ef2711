import type { Hex } from 'viem';

/** What becomes of an account's transactions. `what` is what is being done, in words; prices in wei a unit of gas. */
export type TransactionEvent =
  | { event: 'tx-sent'; what: string; tx: Hex; nonce: number; maxPrice: bigint }
  /** The same with a higher price in place of one that no block took. */
  | { event: 'tx-replaced'; what: string; tx: Hex; replaced: Hex; nonce: number; maxPrice: bigint }
  /** No block takes it, and a higher price is not allowed. */
  | { event: 'tx-capped'; what: string; tx: Hex; nonce: number; maxPrice: bigint }
  /** Nodes had forgotten it: the same bytes were sent again. */
  | { event: 'tx-resent'; what: string; tx: Hex; nonce: number }
  /** Another transaction of the account has its nonce; what it was for is looked at anew. */
  | { event: 'tx-displaced'; what: string; nonce: number; by: Hex | null }
  | { event: 'tx-mined'; what: string; tx: Hex; nonce: number; gasUsed: bigint; price: bigint; reverted: boolean }
  /** It was refused, or is in no block after all of the time that it was given. */
  | { event: 'tx-failed'; what: string; nonce: number; message: string };

export type OnTransaction = (event: TransactionEvent) => void;
