import type { Layer } from '@covey/wasm-core';
import { z } from 'zod';

// The spelling of layers: no field but these. What they mean together, the core checks (`networkLayout`).

const MAX_SIZE = 65_536;
const size = z.number().int().min(1).max(MAX_SIZE);
const pair = z.tuple([size, size]);
const padding = z.tuple([z.number().int().min(0).max(MAX_SIZE), z.number().int().min(0).max(MAX_SIZE)]);
const epsilon = z.number().min(1e-12).max(1).optional();

const plainLayers = [
  z.strictObject({ type: z.literal('image'), channels: size, height: size, width: size }),
  z.strictObject({ type: z.literal('dense'), inputs: size, outputs: size, bias: z.boolean().optional() }),
  z.strictObject({
    type: z.literal('conv2d'),
    inputs: size,
    outputs: size,
    kernel: pair,
    stride: pair.optional(),
    padding: padding.optional(),
    groups: size.optional(),
    bias: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.enum(['max-pool2d', 'avg-pool2d']),
    kernel: pair,
    stride: pair.optional(),
    padding: padding.optional(),
  }),
  z.strictObject({ type: z.enum(['batch-norm', 'layer-norm', 'rms-norm']), features: size, epsilon }),
  z.strictObject({ type: z.literal('embedding'), vocabulary: size.min(2), length: size, width: size }),
  z.strictObject({ type: z.literal('positions'), length: size, width: size }),
  z.strictObject({ type: z.literal('attention'), width: size, heads: size, rotary: z.boolean().optional() }),
  z.strictObject({ type: z.literal('gelu'), approximate: z.literal('tanh').optional() }),
  z.strictObject({ type: z.enum(['relu', 'silu', 'tanh', 'softmax', 'flatten']) }),
] as const;

/** One level of `residual` in another for each number; the core's bound. */
const DEPTH = 4;

function nested(depth: number): z.ZodType<Layer> {
  if (depth === 0) return z.discriminatedUnion('type', [...plainLayers]) as z.ZodType<Layer>;
  const layers = z
    .array(nested(depth - 1))
    .min(1)
    .max(64);
  const residual = z.strictObject({ type: z.literal('residual'), layers });
  return z.discriminatedUnion('type', [...plainLayers, residual]) as z.ZodType<Layer>;
}

export const layerSchema: z.ZodType<Layer> = nested(DEPTH);
