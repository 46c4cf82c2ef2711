import type { Labels } from '@covey/wasm-core';
import { protocolError } from '../errors.ts';
import { NAT, roundedReal } from './measured.ts';

/**
 * The share of the targets' variance that a model explains, all outputs together: 1 − Σ(z − t)² / Σ(t − mean of its output)².
 * Below 0 where the mean would predict better. Null where targets do not vary.
 *
 * loss: of squared error, unit 2^-32, summed over the samples; targets [samples][outputs], bytes as the core takes them,
 * t / 255. Sums in doubles, samples ascending: at most 2^24 squares below 2^258 each, far inside f64.
 */
export function rSquared(loss: bigint, targets: Labels, outputs: number): number | null {
  if (targets.length === 0 || targets.length % outputs !== 0) {
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'these are not the targets of whole samples', {
      expected: `a multiple of ${outputs}, and some`,
      got: `${targets.length}`,
    });
  }
  const samples = targets.length / outputs;
  const unit = targets instanceof Uint8Array ? Math.fround(1 / 255) : 1;
  const at = (sample: number, output: number) => Math.fround(targets[sample * outputs + output]! * unit);
  let total = 0;
  for (let output = 0; output < outputs; output++) {
    let sum = 0;
    for (let sample = 0; sample < samples; sample++) sum += at(sample, output);
    const mean = sum / samples;
    for (let sample = 0; sample < samples; sample++) {
      const off = at(sample, output) - mean;
      total += off * off;
    }
  }
  if (total === 0) return null;
  return roundedReal(1 - ((Number(loss) / Number(NAT)) * outputs) / total);
}
