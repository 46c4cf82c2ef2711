import type { Arena } from './arena.ts';
import { CoreError, describe } from './errors.ts';
import type { Pointer } from './exports.ts';
import type { Layer } from './types.ts';

/** Hard bounds against hostile documents, far above what a task may use. */
const MAX_LAYERS = 64;
const MAX_WIDTH = 65_536;
const MAX_PARAMETERS = 2 ** 28;
/** Labels are bytes. */
const MAX_CLASSES = 256;

export interface Network {
  /** u32 triples of kind, inputs, outputs, as `assembly/score/network.ts` reads them. */
  readonly table: Uint32Array;
  readonly layerCount: number;
  readonly features: number;
  readonly classes: number;
  readonly parameterCount: number;
}

export function checkLayers(layers: Layer[]): Network {
  if (!Array.isArray(layers) || layers.length < 1 || layers.length > MAX_LAYERS) {
    throw bad('The network has the wrong number of layers', `an array of 1 to ${MAX_LAYERS} layers`, describe(layers));
  }
  const table = new Uint32Array(layers.length * 3);
  let width = 0;
  let features = 0;
  let parameterCount = 0;
  // Not forEach, which skips holes.
  for (let i = 0; i < layers.length; i++) {
    const layer: unknown = layers[i];
    const { type, inputs, outputs } = (layer ?? {}) as Record<string, unknown>;
    if (type === 'relu' && i > 0) {
      table.set([1, width, width], i * 3);
      continue;
    }
    if (type !== 'dense') {
      throw bad(`Layer ${i} is of an unknown kind`, i ? "'dense' or 'relu'" : "'dense' first", describe(type));
    }
    if (!isWidth(inputs) || !isWidth(outputs)) {
      const got = `${describe(inputs)} inputs, ${describe(outputs)} outputs`;
      throw bad(`Layer ${i} has a bad size`, `integers from 1 to ${MAX_WIDTH}`, got);
    }
    if (i > 0 && inputs !== width) {
      throw bad(`Layer ${i} does not fit the one before it`, `${width} inputs`, String(inputs));
    }
    if (i === 0) features = inputs;
    width = outputs;
    table.set([0, inputs, outputs], i * 3);
    parameterCount += (inputs + 1) * outputs;
  }
  if (width < 2 || width > MAX_CLASSES) {
    throw bad('The last layer has the wrong number of classes', `2 to ${MAX_CLASSES} outputs`, String(width));
  }
  if (parameterCount > MAX_PARAMETERS) {
    throw bad('The network is too large', `at most ${MAX_PARAMETERS} parameters`, String(parameterCount));
  }
  return { table, layerCount: layers.length, features, classes: width, parameterCount };
}

export function placeLayers(arena: Arena, network: Network): Pointer {
  return arena.copyIn(network.table);
}

function isWidth(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MAX_WIDTH;
}

function bad(message: string, expected: string, got: string): CoreError {
  return new CoreError('CORE_BAD_LAYERS', message, { expected, got });
}
