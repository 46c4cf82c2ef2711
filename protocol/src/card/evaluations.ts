import { bitsPerByte, lossOf, networkLayout } from '@covey/wasm-core';
import type { TaskProvenance } from '../provenance.ts';
import type { ResultEvaluation } from '../result.ts';
import { NAT, rounded, type Measured } from '../evaluation/measured.ts';
import { perplexity } from '../evaluation/perplexity.ts';

/** Whether outputs are classes or tokens, so that some are right. */
export function hasClasses({ layers, loss }: TaskProvenance['model']['architecture']): boolean {
  return lossOf(networkLayout(layers), loss).targets !== 'outputs';
}

/** What an evaluation says: the loss of a prediction in nat, in the task's own metric, and accuracy. */
export function measuredOf({ model, origin }: TaskProvenance, { loss, correct, total }: ResultEvaluation): Measured[] {
  if (total === 0) return [];
  const all: Measured[] = [
    { type: 'loss', name: 'Loss (nat a prediction)', value: rounded(BigInt(loss), NAT * BigInt(total)) },
  ];
  if (origin.metric === 'bits-per-byte') {
    const bits = bitsPerByte({ loss: BigInt(loss), count: total });
    all.push({ type: 'bits-per-byte', name: 'Bits per byte', value: rounded(bits, NAT) });
  }
  const wavering = origin.metric === 'perplexity' ? perplexity({ loss: BigInt(loss), count: total }) : null;
  if (wavering !== null) all.push({ type: 'perplexity', name: 'Perplexity', value: wavering });
  if (hasClasses(model.architecture))
    all.push({ type: 'accuracy', name: 'Accuracy', value: rounded(BigInt(correct), BigInt(total)) });
  return all;
}
