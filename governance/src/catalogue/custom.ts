import { encodeFunctionData, parseAbiItem } from 'viem';
import type { AbiFunction, Address } from 'viem';
import { governanceError } from '../errors.ts';
import type { Action } from './action.ts';

/** Reads `function name(type name, …)`, with or without the first word. */
export function parseSignature(signature: string): AbiFunction {
  const text = signature.trim();
  let item;
  try {
    item = parseAbiItem((text.startsWith('function ') ? text : `function ${text}`) as 'function f()') as AbiFunction;
  } catch (cause) {
    throw governanceError('GOV_INVALID_ARGUMENT', 'This is no signature of a function.', {
      expected: 'function name(type name, …)',
      got: signature,
      cause,
    });
  }
  return item;
}

/** Any call of any contract, by the signature of its function. Whoever votes sees bytes: no chain knows signatures. */
export function customCall(call: {
  to: Address;
  signature: string;
  args: readonly unknown[];
  /** Wei of the chain's own coin. */
  value?: bigint;
}): Action {
  const item = parseSignature(call.signature);
  try {
    const data = encodeFunctionData({ abi: [item], functionName: item.name, args: call.args });
    return { to: call.to, value: call.value ?? 0n, data };
  } catch (cause) {
    throw governanceError('GOV_INVALID_ARGUMENT', `The arguments do not fit ${item.name}.`, {
      expected: item.inputs.map(({ type }) => type),
      got: call.args,
      cause,
    });
  }
}
