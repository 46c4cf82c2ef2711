import type { Layer } from '@covey/wasm-core';
import type { Architecture } from '../architecture.ts';
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
  /** Before them stand so many that are not used. */
  start?: number;
  /** The first row of this tensor is added to each of them; it comes out as 0. */
  plus?: { from: string; shape: readonly number[] };
  /** Each output of this convolution is scaled as the batch norm of that name does. */
  scaledBy?: string;
  /** `from` names a batch norm: what it adds. */
  shiftOf?: boolean;
}

/** How the rows of a text become one, of length 1 where it is normalised. */
export interface Pooling {
  mode: 'mean' | 'cls';
  isNormalised: boolean;
}

export interface FamilyNetwork {
  layers: Layer[];
  /** What each of our tensors is made of, one behind the other, by our name of it. */
  tensors: ReadonlyMap<string, readonly Rows[]>;
  /** What stands before the names of tensors, or does not, where the types of a family differ. */
  prefix?: string;
  /** Names of tensors that such a model may have and that do nothing here. */
  unused?: RegExp | undefined;
  /** Tokens unless given. */
  input?: Architecture['input'];
  /** Of classes or tokens unless given. */
  loss?: Pick<Architecture, 'loss' | 'targets'>;
}

/** Models that one `config.json` describes. */
export interface Family {
  /** Of `model_type`. */
  types: readonly string[];
  /** What stands before the names of tensors, or does not. */
  prefix?: string;
  /** Of text unless given. */
  takes?: 'images';
  /** Tokens of the longest text, where `n_positions` or `max_position_embeddings` alone do not say it. */
  longest?(config: ConfigReader, type: string): number;
  /** `length`: tokens of a text, or pixels of a side of an image. */
  network(config: ConfigReader, length: number, type: string, more: { pooling?: Pooling | undefined }): FamilyNetwork;
  /** A `config.json` for layers that may be of the family; they are where `network` of it gives them back. */
  config(layers: readonly Layer[], loss: Architecture['loss']): Record<string, unknown> | undefined;
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
