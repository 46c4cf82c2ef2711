import { bitsPerByte, lossOf, networkLayout } from '@covey/wasm-core';
import type { TaskProvenance } from '../provenance.ts';
import type { ResultEvaluation } from '../result.ts';

/** A number of a card, and what Hugging Face calls it. */
export interface Measured {
  type: string;
  name: string;
  /** Rounded to 6 decimals, so that it has the same digits everywhere. */
  value: number;
}

const units = 2n ** 32n;
const million = 1_000_000n;

/** Integer arithmetic up to the last step. */
const rounded = (numerator: bigint, denominator: bigint): number =>
  Number((numerator * million + denominator / 2n) / denominator) / Number(million);

/** Whether outputs are classes or tokens, so that some are right. */
export function hasClasses({ layers, loss }: TaskProvenance['model']['architecture']): boolean {
  return lossOf(networkLayout(layers), loss).targets !== 'outputs';
}

/** What an evaluation says: the loss of a prediction in nat, as bits a byte where the task's metric is that, and accuracy. */
export function measuredOf({ model, origin }: TaskProvenance, { loss, correct, total }: ResultEvaluation): Measured[] {
  if (total === 0) return [];
  const all: Measured[] = [
    { type: 'loss', name: 'Loss (nat a prediction)', value: rounded(BigInt(loss), units * BigInt(total)) },
  ];
  if (origin.metric === 'bits-per-byte') {
    const bits = bitsPerByte({ loss: BigInt(loss), count: total });
    all.push({ type: 'bits-per-byte', name: 'Bits per byte', value: rounded(bits, units) });
  }
  if (hasClasses(model.architecture))
    all.push({ type: 'accuracy', name: 'Accuracy', value: rounded(BigInt(correct), BigInt(total)) });
  return all;
}
