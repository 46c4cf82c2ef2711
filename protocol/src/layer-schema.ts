import { MAX_SIZE, layerTypes, networkLimits } from '@covey/wasm-core';
import type { Field, Layer } from '@covey/wasm-core';
import { z } from 'zod';

// The spelling of layers, made from the core's own tables of fields: no field but these. What they mean together, the
// core checks (`networkLayout`).

function nested(depth: number): z.ZodType<Layer> {
  const variants = layerTypes.flatMap(({ name, fields }) => {
    const entries = Object.entries(fields);
    // Nothing holds layers at the last depth.
    if (depth === 0 && entries.some(([, { kind }]) => kind === 'layers')) return [];
    const read = entries.map(([key, field]) => {
      const schema = schemaOf(field, depth);
      return [key, field.optional ? schema.optional() : schema] as const;
    });
    return [z.strictObject({ type: z.literal(name), ...Object.fromEntries(read) })];
  });
  return z.discriminatedUnion('type', variants as [Variant, ...Variant[]]) as unknown as z.ZodType<Layer>;
}

type Variant = z.ZodObject<{ type: z.ZodLiteral<string> }, z.core.$strict>;

function schemaOf(field: Field, depth: number): z.ZodType {
  switch (field.kind) {
    case 'size':
      return size(field.least, field.most);
    case 'pair':
      return z.tuple([size(field.least), size(field.least)]);
    case 'number':
      return z.number().min(field.least).max(field.most);
    case 'flag':
      return z.boolean();
    case 'choice':
      return z.literal(field.values);
    case 'layers':
      return z
        .array(nested(depth - 1))
        .min(1)
        .max(networkLimits.layers);
  }
}

function size(least: number, most = MAX_SIZE) {
  return z.number().int().min(least).max(most);
}

export const layerSchema: z.ZodType<Layer> = nested(networkLimits.depth);
