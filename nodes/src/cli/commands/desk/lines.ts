import type { DeskRequest } from '@covey/client/inference';
import { decodeAnswer } from '@covey/protocol/inference';
import { coveyText, utcText } from '../../../quantities.ts';
import { toldOf } from '../../question.ts';
import { phrase, say } from '../../words/say.ts';

/** A request in one line. */
export function lineOf({ requestId, asker, state, end, fee }: DeskRequest): string {
  const isOver = state === 'delivered' || state === 'refunded' || state === 'ruled';
  return isOver
    ? say`request ${requestId} of ${asker} for ${coveyText(fee)}: ${phrase(state)}`
    : say`request ${requestId} of ${asker} for ${coveyText(fee)}: ${phrase(state)} until ${utcText(BigInt(end))}`;
}

/** An answer document for people; null where it is none. */
export function toldOfDocument(bytes: Uint8Array | null): string | number[] | null {
  if (bytes === null) return null;
  try {
    return toldOf(decodeAnswer(bytes));
  } catch {
    return null;
  }
}
