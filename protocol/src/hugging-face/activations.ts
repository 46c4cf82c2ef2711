import type { Layer } from '@covey/wasm-core';

/** By their names in `config.json`; of equal ones the first is written. */
export const activations: Readonly<Record<string, Layer>> = {
  gelu_new: { type: 'gelu', approximate: 'tanh' },
  gelu_pytorch_tanh: { type: 'gelu', approximate: 'tanh' },
  gelu: { type: 'gelu' },
  relu: { type: 'relu' },
  silu: { type: 'silu' },
  tanh: { type: 'tanh' },
};

export function nameOfActivation(layer: Layer | undefined): string | undefined {
  return Object.entries(activations).find(([, one]) => JSON.stringify(one) === JSON.stringify(layer))?.[0];
}
