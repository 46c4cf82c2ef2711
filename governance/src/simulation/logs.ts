import { decodeEventLog, getAddress, size } from 'viem';
import type { Abi } from 'viem';
import { contractAbis, contractAt, coveyTokenAbi, daoAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { cutText, toJsonRecord } from './json.ts';
import type { SimulatedLog } from './report.ts';
import type { RawLog } from './simulate-block.ts';

/** Where nodes write a log for each movement of coins (ERC-7528), in a simulation that asks for it. */
const coins = '0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee';

/** Largest event that is decoded: what is larger is shown as bytes, cut. */
const maxEventBytes = 65_536;

/** Shapes that events of contracts that nobody here knows are read by: those of tokens, DAOs and proxies. */
const commonEvents: Abi = [
  ...coveyTokenAbi.filter((item) => item.type === 'event' && ['Transfer', 'Approval'].includes(item.name)),
  ...daoAbi.filter((item) => item.type === 'event' && ['Granted', 'Revoked', 'Upgraded'].includes(item.name)),
];

/** A log as its contract meant it, with the arguments as viem decodes them. */
export interface ReadLog {
  shown: SimulatedLog;
  /** Absent where it could not be read. */
  args?: Readonly<Record<string, unknown>>;
}

export function readLog(log: RawLog, deployment: Deployment): ReadLog {
  const address = getAddress(log.address);
  const isCoins = log.address.toLowerCase() === coins;
  const contract = contractAt(deployment, address);
  const abi = (contract ? contractAbis[contract] : commonEvents) as Abi;
  const shown = { address, ...(contract && { contract }) };
  if (size(log.data) <= maxEventBytes) {
    try {
      const { eventName, args: decoded } = decodeEventLog({
        abi,
        data: log.data,
        topics: log.topics as [`0x${string}`, ...`0x${string}`[]],
        strict: true,
      });
      const args = (decoded ?? {}) as unknown as Readonly<Record<string, unknown>>;
      return {
        shown: { ...shown, kind: isCoins ? 'coins' : 'event', event: String(eventName), args: toJsonRecord(args) },
        args,
      };
    } catch {
      // No event of this contract: shown as it is.
    }
  }
  return { shown: { ...shown, kind: 'raw', topics: log.topics, data: cutText(log.data) } };
}
