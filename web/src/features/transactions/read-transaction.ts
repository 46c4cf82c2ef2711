import { contractAbis, contractAt } from '@covey/contracts/abi';
import { escapeHidden } from '@covey/protocol/text';
import { createPublicClient, decodeEventLog, decodeFunctionData, getAddress, http } from 'viem';
import { TransactionNotFoundError, TransactionReceiptNotFoundError } from 'viem';
import type { Abi, Address, Hash, Hex, Log } from 'viem';
import type { AppConfig } from '../../api/endpoints.ts';
import { webError } from '../../errors.ts';

export interface ReadEvent {
  address: Address;
  contract: string | undefined;
  name: string | undefined;
  args: { name: string; value: string }[];
  logIndex: number;
}

/** Reads a transaction from the chain (not from the server's index) and names what Covey's contracts know of it. */
export async function readTransaction(config: AppConfig, hash: Hash) {
  const client = createPublicClient({ transport: http(config.rpcUrl) });
  try {
    const [transaction, receipt] = await Promise.all([
      client.getTransaction({ hash }),
      client.getTransactionReceipt({ hash }),
    ]);
    const block = await client.getBlock({ blockHash: receipt.blockHash });
    const contract = transaction.to ? knownContract(config, transaction.to) : undefined;
    return {
      success: receipt.status === 'success',
      blockNumber: receipt.blockNumber,
      timestamp: Number(block.timestamp),
      from: getAddress(receipt.from),
      to: transaction.to && getAddress(transaction.to),
      toName: contract?.name,
      call: contract && callName(contract.abi, transaction.input),
      gasUsed: receipt.gasUsed,
      events: receipt.logs.map((log) => readEvent(config, log)),
    };
  } catch (cause) {
    if (cause instanceof TransactionNotFoundError || cause instanceof TransactionReceiptNotFoundError) {
      throw webError('WEB_NOT_FOUND', `The chain has no transaction ${hash}.`, { cause });
    }
    throw webError('WEB_NETWORK', `The chain at ${config.rpcUrl} could not be read.`, { cause });
  }
}

function knownContract(config: AppConfig, address: Address): { name: string; abi: Abi } | undefined {
  const name = contractAt(config.deployment, address);
  return name && { name, abi: contractAbis[name] as Abi };
}

function callName(abi: Abi, data: Hex): string | undefined {
  try {
    return decodeFunctionData({ abi, data }).functionName;
  } catch {
    return undefined;
  }
}

function readEvent(config: AppConfig, log: Log<bigint, number, false>): ReadEvent {
  const contract = knownContract(config, log.address);
  const event: ReadEvent = {
    address: log.address,
    contract: contract?.name,
    name: undefined,
    args: [],
    logIndex: log.logIndex,
  };
  if (!contract) return event;
  try {
    const decoded = decodeEventLog({ abi: contract.abi, data: log.data, topics: log.topics });
    const args = Object.entries((decoded.args ?? {}) as Record<string, unknown>);
    return { ...event, name: decoded.eventName, args: args.map(([name, value]) => ({ name, value: show(value) })) };
  } catch {
    return event;
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return escapeHidden(value);
  if (typeof value === 'bigint') return value.toString();
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)) ?? '';
}
