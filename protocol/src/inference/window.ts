import { networkLayout, type Layer } from '@covey/wasm-core';
import type { Architecture } from '../architecture.ts';
import type { InferenceModel } from './embedding.ts';

/** Tokens that a model sees at most; 1 where it takes features. What a row is priced by. */
export function windowOf({ layers }: Architecture): number {
  const { input } = networkLayout(layers);
  return input.kind === 'features' ? 1 : input.size;
}

/**
 * The model over fewer tokens than it sees at most, so that nothing is computed for places where none is. No token sees one
 * behind it, or padding behind its text, and the core adds in the same order whatever the length: the outputs are those of the
 * whole window, to the bit.
 */
export function overTokens(model: InferenceModel, tokens: number): InferenceModel {
  const { architecture, parameters } = model;
  const whole = networkLayout(architecture.layers);
  if (tokens === whole.input.size) return model;
  const layers = architecture.layers.map((layer) => shorter(layer, tokens));
  const part = networkLayout(layers);
  const shortened = { ...architecture, layers };
  // Learned positions alone have a row a token: the first ones are kept.
  if (part.parameterCount === whole.parameterCount) return { architecture: shortened, parameters };
  const kept = new Float32Array(part.parameterCount);
  for (const [i, { offset, length }] of part.tensors.entries()) {
    const from = whole.tensors[i]!.offset;
    kept.set(parameters.subarray(from, from + length), offset);
  }
  return { architecture: shortened, parameters: kept };
}

function shorter(layer: Layer, length: number): Layer {
  switch (layer.type) {
    case 'embedding':
    case 'positions':
      return { ...layer, length };
    case 'residual':
      return {
        ...layer,
        layers: layer.layers.map((inner) => shorter(inner, length)),
        ...(layer.shortcut && { shortcut: layer.shortcut.map((inner) => shorter(inner, length)) }),
      };
    default:
      return layer;
  }
}
