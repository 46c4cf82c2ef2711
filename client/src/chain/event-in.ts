import { parseEventLogs } from 'viem';
import type { Abi, Address, ContractEventName, ParseEventLogsReturnType, TransactionReceipt } from 'viem';
import { clientError } from '../errors.ts';

/** What `address` emitted under that name in a transaction. Logs of other contracts stand beside it: tokens write what they like. */
export function eventsIn<const abi extends Abi, name extends ContractEventName<abi>>(
  { logs }: Pick<TransactionReceipt, 'logs'>,
  address: Address,
  abi: abi,
  eventName: name,
): ParseEventLogsReturnType<abi, name, true> {
  const own = logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
  return parseEventLogs({ abi, eventName, logs: own }) as unknown as ParseEventLogsReturnType<abi, name, true>;
}

/** The first event of that name that `address` emitted in a transaction; EVENT_MISSING where there is none. */
export function eventIn<const abi extends Abi, name extends ContractEventName<abi>>(
  receipt: Pick<TransactionReceipt, 'transactionHash' | 'logs'>,
  address: Address,
  abi: abi,
  eventName: name,
): ParseEventLogsReturnType<abi, name, true>[number] {
  const [event] = eventsIn(receipt, address, abi, eventName);
  if (!event) {
    throw clientError('EVENT_MISSING', `The transaction emitted no ${eventName}.`, {
      got: receipt.transactionHash,
      hint: `Is ${address} the contract it should be?`,
    });
  }
  return event;
}
