import { parseEventLogs } from 'viem';
import type { Abi, Address, ContractEventName, ParseEventLogsReturnType, TransactionReceipt } from 'viem';
import { clientError } from '../errors.ts';

/** The first event of that name that `address` emitted in a transaction; EVENT_MISSING where there is none. */
export function eventIn<const abi extends Abi, name extends ContractEventName<abi>>(
  { transactionHash, logs }: Pick<TransactionReceipt, 'transactionHash' | 'logs'>,
  address: Address,
  abi: abi,
  eventName: name,
): ParseEventLogsReturnType<abi, name, true>[number] {
  const own = logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
  const [event] = parseEventLogs({ abi, eventName, logs: own });
  if (!event) {
    throw clientError('EVENT_MISSING', `The transaction emitted no ${eventName}.`, {
      got: transactionHash,
      hint: `Is ${address} the contract it should be?`,
    });
  }
  return event as ParseEventLogsReturnType<abi, name, true>[number];
}
