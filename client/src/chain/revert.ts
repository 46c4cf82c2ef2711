import { knownErrorsAbi } from '@covey/contracts/abi';
import { contractErrors } from '@covey/contracts/abi/errors';
import { BaseError, ContractFunctionRevertedError, decodeErrorResult, isHex } from 'viem';
import type { Abi, AbiParameter, Hex } from 'viem';
import { refusalFacts, refusalSentence } from './refusal.ts';

/** What Solidity's own checks mean: docs.soliditylang.org, "Panic via assert and error via require". */
const panics: Record<number, string> = {
  0x01: 'an assertion failed',
  0x11: 'an overflow',
  0x12: 'a division by zero',
  0x21: 'a value that the enum does not have',
  0x22: 'a wrongly encoded storage array',
  0x31: 'a pop of an empty array',
  0x32: 'an index beyond the array',
  0x41: 'too much memory',
  0x51: 'a call of a function that is not set',
};

/** A revert as the contract meant it. */
export interface Revert {
  /** Of the custom error; `Error` for a reason in words, `Panic` for a check of Solidity's own. */
  name: string;
  args: readonly unknown[];
  /** As people read it: what the error means with its arguments, the words of a reason, what a panic means. */
  text: string;
}

/** The bytes with which the EVM reverted, wherever in viem's chain of causes they are. */
export function revertDataOf(error: unknown): Hex | undefined {
  if (!(error instanceof BaseError)) return undefined;
  let found: Hex | undefined;
  error.walk((cause) => {
    const candidate = cause instanceof ContractFunctionRevertedError ? cause.raw : (cause as { data?: unknown }).data;
    const data =
      typeof candidate === 'object' && candidate !== null ? (candidate as { data?: unknown }).data : candidate;
    // Four bytes name an error; anything shorter says nothing.
    if (isHex(data) && data.length >= 10) found = data;
    return found !== undefined;
  });
  return found;
}

/** Names the error that the bytes of a revert are; undefined for one that nobody here knows. */
export function decodeRevert(data: Hex, abi: Abi = []): Revert | undefined {
  try {
    // A caller meets errors of contracts behind the one it called, whose ABI does not know them.
    const { abiItem, errorName, args = [] } = decodeErrorResult({ abi: [...abi, ...knownErrorsAbi], data });
    const values = args as readonly unknown[];
    return {
      name: errorName,
      args: values,
      text: textOf(errorName, abiItem.type === 'error' ? abiItem.inputs : [], values),
    };
  } catch {
    return undefined;
  }
}

/** Names the error of a failed call; undefined when there was none, or none that anybody here knows. */
export function revertOf(error: unknown, abi: Abi = []): Revert | undefined {
  const data = revertDataOf(error);
  return data && decodeRevert(data, abi);
}

function textOf(name: string, inputs: readonly AbiParameter[], args: readonly unknown[]): string {
  if (name === 'Error' && typeof args[0] === 'string') return args[0];
  if (name === 'Panic' && typeof args[0] === 'bigint') {
    return `Panic(0x${args[0].toString(16).padStart(2, '0')}): ${panics[Number(args[0])] ?? 'no known check'}`;
  }
  const facts = refusalFacts(name, args, inputs);
  const { meaning } = contractErrors[name] ?? {};
  // An error that nobody has words for is told by its name.
  return refusalSentence(meaning ?? `${name}.`, facts);
}
