import { BaseError, RpcRequestError } from 'viem';

/** Reads that two endpoints must answer alike, and where each names its block; the others only need one that answers. */
export const agreedReads: Readonly<Record<string, number | null>> = {
  eth_blockNumber: null,
  eth_call: 1,
  eth_getBalance: 1,
  eth_getBlockByHash: null,
  eth_getBlockByNumber: 0,
  eth_getBlockReceipts: null,
  eth_getCode: 1,
  eth_getLogs: null,
  eth_getStorageAt: 2,
};

/** What of a block its hash commits to; other fields differ between clients. */
const ofBlock = ['hash', 'number', 'parentHash', 'logsBloom', 'receiptsRoot', 'stateRoot', 'timestamp', 'transactions'];
const ofLog = ['address', 'topics', 'data', 'blockHash', 'logIndex', 'transactionHash'];
const ofReceipt = ['transactionHash', 'status', 'cumulativeGasUsed', 'logsBloom'];

/** A text that equal answers have in common, whatever order and extra fields an endpoint gives them. */
export function textOfAnswer(method: string, answer: unknown): string {
  if (method === 'eth_getLogs' && Array.isArray(answer)) {
    const logs = answer as Record<string, unknown>[];
    const kept = logs.filter(({ removed }) => removed !== true).map((log) => pick(log, ofLog));
    return [...new Set(kept)].sort().join('\n');
  }
  if (method === 'eth_getBlockReceipts' && Array.isArray(answer)) {
    return (answer as Record<string, unknown>[]).map((receipt) => pick(receipt, ofReceipt)).join('\n');
  }
  if (method.startsWith('eth_getBlockBy') && typeof answer === 'object' && answer !== null) {
    return pick(answer as Record<string, unknown>, ofBlock);
  }
  return JSON.stringify(answer).toLowerCase();
}

/** The same of a refusal that is the chain's answer, as of a call that reverts. */
export function textOfRefusal(error: unknown): string {
  const rpc = error instanceof BaseError ? error.walk((cause) => cause instanceof RpcRequestError) : null;
  if (!(rpc instanceof RpcRequestError)) return `refused: ${String(error)}`;
  return `refused: ${typeof rpc.data === 'string' ? rpc.data : rpc.code}`;
}

const pick = (from: Record<string, unknown>, fields: readonly string[]): string =>
  JSON.stringify(fields.map((field) => from[field])).toLowerCase();
