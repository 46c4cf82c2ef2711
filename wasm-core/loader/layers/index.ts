import type { Fields, FieldValuesOf } from '../fields.ts';
import { attention } from './attention.ts';
import { avgPool2d } from './avg-pool2d.ts';
import { batchNorm } from './batch-norm.ts';
import { conv2d } from './conv2d.ts';
import { dense } from './dense.ts';
import { embedding } from './embedding.ts';
import { flatten } from './flatten.ts';
import { gelu } from './gelu.ts';
import { glu } from './glu.ts';
import { image } from './image.ts';
import { l2Norm } from './l2-norm.ts';
import { layerNorm } from './layer-norm.ts';
import type { LayerType } from './layer-type.ts';
import { maxPool2d } from './max-pool2d.ts';
import { pooling } from './pooling.ts';
import { positions } from './positions.ts';
import { relu } from './relu.ts';
import { residual } from './residual.ts';
import { rmsNorm } from './rms-norm.ts';
import { silu } from './silu.ts';
import { softmax } from './softmax.ts';
import { tanh } from './tanh.ts';
import { unembedding } from './unembedding.ts';

/** Every kind of layer. All else that lists them iterates over this. */
const all = [
  image,
  dense,
  conv2d,
  maxPool2d,
  avgPool2d,
  batchNorm,
  layerNorm,
  rmsNorm,
  embedding,
  positions,
  attention,
  unembedding,
  pooling,
  l2Norm,
  relu,
  gelu,
  silu,
  tanh,
  softmax,
  glu,
  flatten,
  residual,
] as const;

type Definition = (typeof all)[number];
export type LayerName = Definition['name'];

/** A name of its own, so that a layer may hold layers. */
interface Lists {
  layers: Layer[];
}

type Called<D> = D extends { name: infer Name; fields: infer T extends Fields }
  ? { type: Name } & FieldValuesOf<T, Lists>
  : never;

/**
 * A network is a list of layers. Samples are features, or tokens where the first layer is an embedding.
 * Shapes are inferred from layer to layer: features, [channels, height, width] or [tokens, width].
 */
export type Layer = Called<Definition>;

// Each was checked against its own fields; from here on tables are data.
export const layerTypes = all as readonly unknown[] as readonly LayerType<LayerName>[];
