import { size } from 'viem';
import type { Hex } from 'viem';
import { decodeRevert } from '@covey/client';
import { cutText, toJson } from './json.ts';
import type { SimulatedError } from './report.ts';
import type { CallOutcome } from './simulate-block.ts';

/** More than any error of ours; a contract can revert with megabytes, which nobody shall have to decode. */
const maxRevertBytes = 8_192;

/** Says why a call failed, from the bytes with which it reverted. */
export function namedError(data: Hex, message?: string): SimulatedError {
  if (data === '0x') return { reason: message && !/revert/i.test(message) ? message : 'It reverted without a reason.' };
  const bytes = size(data);
  if (bytes > maxRevertBytes) return { reason: `It reverted with ${bytes} bytes, more than any error of ours.` };
  const revert = decodeRevert(data);
  if (!revert) return { reason: `It reverted with ${cutText(data)}, which is no error that is known here.` };
  return { reason: cutText(revert.text), error: revert.name, args: revert.args.map((arg) => toJson(arg)) };
}

export const failureOf = ({ data, message }: CallOutcome): SimulatedError => namedError(data, message);
