// A character transformer of about a million parameters, trained by the core itself; see README.md beside it.
import type { Layer } from '../loader/types.ts';

/** Bytes that the model sees at once. */
export const CONTEXT = 128;
const WIDTH = 128;
const HIDDEN = 640;

function block(): Layer[] {
  const norm: Layer = { type: 'layer-norm', features: WIDTH };
  return [
    { type: 'residual', layers: [norm, { type: 'attention', width: WIDTH, heads: 4, rotary: true }] },
    {
      type: 'residual',
      layers: [
        norm,
        { type: 'dense', inputs: WIDTH, outputs: HIDDEN },
        { type: 'gelu', approximate: 'tanh' },
        { type: 'dense', inputs: HIDDEN, outputs: WIDTH },
      ],
    },
  ];
}

export const characterLayers: Layer[] = [
  { type: 'embedding', vocabulary: 256, length: CONTEXT, width: WIDTH },
  ...Array.from({ length: 4 }, block).flat(),
  { type: 'layer-norm', features: WIDTH },
  { type: 'dense', inputs: WIDTH, outputs: 256 },
];

/** Windows of CONTEXT + 1 bytes, each starting at the last byte of the one before: samples of the next byte. */
export function windows(text: Uint8Array): Uint8Array {
  const count = Math.floor((text.length - 1) / CONTEXT);
  const samples = new Uint8Array(count * (CONTEXT + 1));
  for (let i = 0; i < count; i++) {
    samples.set(text.subarray(i * CONTEXT, (i + 1) * CONTEXT + 1), i * (CONTEXT + 1));
  }
  return samples;
}
