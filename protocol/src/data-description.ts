import { inputKinds } from '@covey/wasm-core';
import { z } from 'zod';
import { MAX_CLASSES } from './architecture.ts';
import { decodeDocument, encodeDocument, type DocumentFormat } from './canonical.ts';
import { fileCidText, text } from './primitives.ts';

/** Largest data description that anyone is asked to fetch. */
export const MAX_DATA_BYTES = 256 * 1024;
export const MAX_COLUMNS = 4096;
/** Of one column; each is a feature. */
export const MAX_CATEGORIES = 4096;
/** Characters of a column's name, a category, a class. */
export const MAX_NAME = 256;
/** Values of a sample, whatever its shape. */
const MAX_VALUES = 2 ** 24;

const name = text({ min: 1, max: MAX_NAME });
const size = z.number().int().min(1).max(MAX_VALUES);
const scale = z.number().positive();

const distinct = (values: readonly string[]) => new Set(values).size === values.length;
const ascending = (values: readonly string[]) => values.every((value, i) => i === 0 || values[i - 1]! < value);

/** A feature (value − shift) / scale, in doubles, then to f32; missing values are `fill`. */
const numberColumn = z.strictObject({
  name,
  type: z.enum(['number', 'integer', 'boolean', 'date']),
  /** In the column's own unit: the median of what was there. */
  fill: z.number(),
  /** A second feature: 1 where the value is missing, else 0. */
  indicator: z.boolean(),
  shift: z.number(),
  scale,
});

/** A feature for each category, 1 for the value's own, else 0; then one for missing, one for any other value. */
const categoryColumn = z.strictObject({
  name,
  type: z.literal('category'),
  categories: z
    .array(name)
    .min(1)
    .max(MAX_CATEGORIES)
    .refine(ascending, 'expected categories in ascending order of their UTF-16 units, each once'),
  missing: z.boolean(),
  other: z.boolean(),
});

const columnSchema = z.discriminatedUnion('type', [numberColumn, categoryColumn]);

const classOutput = z
  .strictObject({
    type: z.literal('class'),
    /** Of a table; images and arrays have none. */
    column: name.optional(),
    count: z.number().int().min(2).max(MAX_CLASSES),
    /** By class; none where classes are numbers. */
    names: z.array(name).refine(distinct, 'expected each class once').optional(),
  })
  .refine(({ count, names }) => !names || names.length === count, 'expected a name for each class');

const numberOutput = z.strictObject({
  type: z.literal('number'),
  /** What a model gives is (value − shift) / scale. */
  values: z
    .array(z.strictObject({ name, shift: z.number(), scale }))
    .min(1)
    .max(MAX_COLUMNS)
    .refine((values) => distinct(values.map((value) => value.name)), 'expected each target once'),
});

const outputSchema = z.discriminatedUnion('type', [classOutput, numberOutput]);

/** What the data are made from. */
const source = z.strictObject({ samples: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER) });
const schema = z.literal('covey.data/1');

const tableSchema = z
  .strictObject({
    schema,
    kind: z.literal('table'),
    columns: z.array(columnSchema).min(1).max(MAX_COLUMNS),
    /** What says that a value is missing, beside the empty text. */
    missing: z
      .array(text({ min: 1, max: 64 }))
      .max(32)
      .refine(ascending, 'expected them in ascending order of their UTF-16 units, each once'),
    output: outputSchema,
    source,
  })
  .superRefine(({ columns, output }, context) => {
    const outputs = output.type === 'class' ? [output.column] : output.values.map((value) => value.name);
    if (outputs.includes(undefined)) context.addIssue({ code: 'custom', message: 'a class of a table has a column' });
    if (!distinct([...columns.map((column) => column.name), ...outputs.map(String)]))
      context.addIssue({ code: 'custom', message: 'expected each column once' });
  });

const imageSchema = z.strictObject({
  schema,
  kind: z.literal('image'),
  width: size.max(4096),
  height: size.max(4096),
  /** Grey, or red, green, blue: channels first, rows from the top. */
  channels: z.union([z.literal(1), z.literal(3)]),
  output: classOutput,
  source,
});

const textSchema = z.strictObject({
  schema,
  kind: z.literal('text'),
  /** UTF-8, or the numbers of a `tokenizer.json` that stands at this CID. */
  tokens: z.union([
    z.literal('bytes'),
    z.strictObject({ tokenizer: fileCidText, vocabulary: z.number().int().min(2).max(MAX_CLASSES) }),
  ]),
  /** Tokens that a model sees; a sample has one more. */
  length: size,
  source,
});

const arraySchema = z
  .strictObject({
    schema,
    kind: z.literal('array'),
    /** Of one sample; of tokens the number that a model sees. */
    shape: z.array(size).min(1).max(8),
    input: z.enum(inputKinds),
    /** Of tokens alone, which have no other output than the next one. */
    vocabulary: z.number().int().min(2).max(MAX_CLASSES).optional(),
    output: outputSchema.optional(),
    source,
  })
  .superRefine(({ input, vocabulary, output, shape }, context) => {
    const tokens = input === 'tokens';
    if (tokens !== (vocabulary !== undefined) || tokens !== (output === undefined))
      context.addIssue({ code: 'custom', message: 'expected a vocabulary for tokens, an output for features' });
    if (tokens && shape.length !== 1) context.addIssue({ code: 'custom', message: 'expected one length of tokens' });
    if (shape.reduce((product, length) => product * length, 1) > MAX_VALUES)
      context.addIssue({ code: 'custom', message: `expected at most ${MAX_VALUES} values of a sample` });
  });

const dataDescriptionSchema = z.discriminatedUnion('kind', [tableSchema, imageSchema, textSchema, arraySchema]);

/** How samples come from tables, images, text or arrays, and what outputs mean: the same for everyone of a task. */
export type DataDescription = z.infer<typeof dataDescriptionSchema>;
export type DescribedTable = z.infer<typeof tableSchema>;
export type DescribedImage = z.infer<typeof imageSchema>;
export type DescribedText = z.infer<typeof textSchema>;
export type DescribedArray = z.infer<typeof arraySchema>;
export type DescribedColumn = z.infer<typeof columnSchema>;
export type DescribedOutput = z.infer<typeof outputSchema>;

const format: DocumentFormat<DataDescription> = {
  name: 'data description',
  schema: dataDescriptionSchema,
  maxBytes: MAX_DATA_BYTES,
};

export function encodeDataDescription(description: DataDescription): Uint8Array {
  return encodeDocument(format, description);
}

export function decodeDataDescription(bytes: Uint8Array): DataDescription {
  return decodeDocument(format, bytes);
}
