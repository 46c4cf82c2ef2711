import { getAddress, parseEventLogs } from 'viem';
import type {
  Abi,
  Account,
  Address,
  Chain,
  Client,
  ContractConstructorArgs,
  ContractEventName,
  ContractFunctionArgs,
  ContractFunctionName,
  Hex,
  ParseEventLogsReturnType,
  Transport,
  TransactionReceipt,
} from 'viem';
import {
  deployContract,
  estimateContractGas,
  simulateContract,
  waitForTransactionReceipt,
  writeContract,
} from 'viem/actions';
import { governanceError } from './errors.ts';
import { callError } from './revert.ts';

/** Any viem client that can read. */
export type ReadClient = Client<Transport, Chain | undefined>;

/** Any viem client with an account: a wallet client, extended with public actions or not. */
export type WriteClient = Client<Transport, Chain | undefined, Account>;

async function mined(client: WriteClient, hash: Hex, what: string): Promise<TransactionReceipt> {
  const receipt = await waitForTransactionReceipt(client, { hash });
  if (receipt.status !== 'success') {
    throw governanceError('GOV_TX_REVERTED', `${what} was mined but reverted.`, { got: hash });
  }
  return receipt;
}

interface TransactParameters<abi extends Abi, name extends ContractFunctionName<abi, 'nonpayable' | 'payable'>> {
  address: Address;
  abi: abi;
  functionName: name;
  args: ContractFunctionArgs<abi, 'nonpayable' | 'payable', name>;
  /** For the error message: "Casting the vote". */
  what: string;
  hint?: string;
  /** Refuse with GOV_GAS_LIMIT to send what is estimated to need more; the head room ends there too. */
  maxGas?: bigint;
}

/** Simulates, so that a refusal has a name and costs nothing; sends; waits until it is mined. */
export async function transact<const abi extends Abi, name extends ContractFunctionName<abi, 'nonpayable' | 'payable'>>(
  client: WriteClient,
  parameters: TransactParameters<abi, name>,
): Promise<TransactionReceipt> {
  const { address, functionName, args, what, hint, maxGas } = parameters;
  // Inside, the call is plain data: the type parameters have done their work at the call site.
  const call = { address, abi: parameters.abi as Abi, functionName: functionName as string, args: args as unknown[] };
  let hash: Hex;
  try {
    await simulateContract(client, { ...call, account: client.account });
    const gas = await estimateContractGas(client, { ...call, account: client.account });
    if (maxGas !== undefined && gas > maxGas) {
      throw governanceError('GOV_GAS_LIMIT', `${what} needs too much gas.`, { expected: maxGas, got: gas });
    }
    // Head room: what lands in between, if only the clock, may make a path longer.
    const roomy = gas + gas / 4n + 20_000n;
    const limit = maxGas !== undefined && roomy > maxGas ? maxGas : roomy;
    hash = await writeContract(client, { ...call, account: client.account, chain: client.chain ?? null, gas: limit });
  } catch (error) {
    throw callError(error, what, { abi: parameters.abi, ...(hint && { hint }) });
  }
  return mined(client, hash, what);
}

interface DeployParameters<abi extends Abi> {
  abi: abi;
  bytecode: Hex;
  args: ContractConstructorArgs<abi>;
  what: string;
}

/** Creates a contract and waits until it is mined. */
export async function create<const abi extends Abi>(
  client: WriteClient,
  parameters: DeployParameters<abi>,
): Promise<Address> {
  const { bytecode, args, what } = parameters;
  let hash: Hex;
  try {
    hash = await deployContract(client, {
      abi: parameters.abi as Abi,
      bytecode,
      args: args as unknown[],
      account: client.account,
      chain: client.chain ?? null,
    });
  } catch (error) {
    throw callError(error, `Deploying ${what}`, { abi: parameters.abi });
  }
  const { contractAddress } = await mined(client, hash, `Deploying ${what}`);
  if (!contractAddress) throw governanceError('GOV_TX_REVERTED', `Deploying ${what} created nothing.`, { got: hash });
  return getAddress(contractAddress);
}

/** The only event of that name that `address` emitted in the transaction. */
export function eventIn<const abi extends Abi, name extends ContractEventName<abi>>(
  receipt: TransactionReceipt,
  address: Address,
  abi: abi,
  eventName: name,
): ParseEventLogsReturnType<abi, name, true>[number] {
  const logs = receipt.logs.filter((log) => log.address.toLowerCase() === address.toLowerCase());
  const [event] = parseEventLogs({ abi, eventName, logs });
  if (!event) {
    throw governanceError('GOV_EVENT_MISSING', `The transaction emitted no ${eventName}.`, {
      got: receipt.transactionHash,
      hint: `Is ${address} the contract it should be?`,
    });
  }
  return event as ParseEventLogsReturnType<abi, name, true>[number];
}
