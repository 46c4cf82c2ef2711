import type { Layer } from '@covey/wasm-core';
import type { ConfigReader } from './config-reader.ts';

/** Rows of one of our tensors, as a file of Hugging Face's has them. */
export interface Rows {
  /** Its name there. */
  from: string;
  /** Its shape there. */
  shape: readonly number[];
  /** Stored [inputs, outputs], as GPT-2's are: it is turned. */
  transposed?: boolean;
  /** Only so many of its rows are used: positions up to the length of a text. */
  first?: number;
}

export interface FamilyNetwork {
  layers: Layer[];
  /** What each of our tensors is made of, one behind the other, by our name of it. */
  tensors: ReadonlyMap<string, readonly Rows[]>;
}

/** Models that one `config.json` describes. */
export interface Family {
  /** Of `model_type`. */
  types: readonly string[];
  /** What stands before the names of tensors, or does not. */
  prefix: string;
  network(config: ConfigReader, length: number, type: string): FamilyNetwork;
  /** A `config.json` for layers that may be of the family; they are where `network` of it gives them back. */
  config(layers: readonly Layer[]): Record<string, unknown> | undefined;
}

export type Attention = Extract<Layer, { type: 'attention' }>;

/** The layers of a residual block, where this is one. */
export function blockOf(layer: Layer | undefined): readonly Layer[] {
  return layer?.type === 'residual' ? layer.layers : [];
}

/** The layer, where it is of this type. */
export function layerOf<T extends Layer['type']>(
  layer: Layer | undefined,
  type: T,
): Extract<Layer, { type: T }> | undefined {
  return layer?.type === type ? (layer as Extract<Layer, { type: T }>) : undefined;
}
