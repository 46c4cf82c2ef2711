import { concat, isHex, toRlp, type Hex } from 'viem';
import { rlpNumber } from './header.ts';
import { trieRoot } from './trie-root.ts';

/** As much of a receipt as its block commits to. */
export interface RawReceipt {
  type?: Hex;
  status?: Hex;
  /** In place of the status before Byzantium. */
  root?: Hex;
  cumulativeGasUsed: Hex;
  logsBloom: Hex;
  logs: { address: Hex; topics: Hex[]; data: Hex }[];
  /** Of deposits on OP Stack chains. */
  depositNonce?: Hex;
  depositReceiptVersion?: Hex;
}

/** The root that a block's receipts lead to, in the order of its transactions. */
export function receiptsRoot(receipts: readonly RawReceipt[]): Hex {
  return trieRoot(receipts.map(encodeReceipt));
}

/** EIP-2718 and EIP-658; from Canyon on deposits have two fields more (OP Stack specification, "Deposit Receipt"). */
function encodeReceipt(receipt: RawReceipt): Hex {
  const { type, status, root, cumulativeGasUsed, logsBloom, logs, depositNonce, depositReceiptVersion } = receipt;
  const body = toRlp([
    status === undefined ? (root ?? '0x') : rlpNumber(status),
    rlpNumber(cumulativeGasUsed),
    logsBloom,
    logs.map(({ address, topics, data }) => [address, topics, data]),
    ...(depositReceiptVersion === undefined
      ? []
      : [rlpNumber(depositNonce ?? '0x0'), rlpNumber(depositReceiptVersion)]),
  ]);
  const kind = rlpNumber(type ?? '0x0');
  return kind === '0x' ? body : concat([kind, body]);
}

/** Whether an endpoint's answer has the form of a receipt. */
export function isReceipt(value: unknown): value is RawReceipt {
  if (typeof value !== 'object' || value === null) return false;
  const { cumulativeGasUsed, logsBloom, logs, ...optional } = value as Record<string, unknown>;
  return (
    isHex(cumulativeGasUsed) &&
    isHex(logsBloom) &&
    [optional.type, optional.status, optional.root, optional.depositNonce, optional.depositReceiptVersion].every(
      (field) => field === undefined || isHex(field),
    ) &&
    Array.isArray(logs) &&
    logs.every((log: unknown) => {
      const { address, topics, data } = (log ?? {}) as Record<string, unknown>;
      return isHex(address) && isHex(data) && Array.isArray(topics) && topics.every((topic) => isHex(topic));
    })
  );
}
