import { z } from 'zod';
import { decodeDocument, encodeDocument, type DocumentFormat } from '../canonical.ts';
import { MAX_LENGTH } from './request.ts';

/** Values of the largest answer: 4 MiB of f32. */
export const MAX_VALUES = 2 ** 20;
/** Their base64, and what stands around it. */
const MAX_ANSWER_BYTES = 6 * 2 ** 20;

const count = z.number().int().min(1).max(MAX_VALUES);

const valuesSchema = z
  .strictObject({
    schema: z.literal('covey.answer/1'),
    kind: z.literal('values'),
    rows: count,
    width: count,
    /** rows × width f32, little-endian, row by row. */
    data: z.custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes'),
  })
  .refine(({ rows, width, data }) => data.length === rows * width * 4, 'expected 4 bytes a value');

const tokensSchema = z.strictObject({
  schema: z.literal('covey.answer/1'),
  kind: z.literal('tokens'),
  /** What follows the prompt; the stop that ended it is part of it. */
  tokens: z.array(z.number().int().min(0).max(0xffffffff)).min(1).max(MAX_LENGTH),
  finish: z.enum(['length', 'stop']),
});

const answerSchema = z.discriminatedUnion('kind', [valuesSchema, tokensSchema]);

export type InferenceAnswer = z.infer<typeof answerSchema>;
export type ValuesAnswer = z.infer<typeof valuesSchema>;
export type TokensAnswer = z.infer<typeof tokensSchema>;

const format: DocumentFormat<InferenceAnswer> = { name: 'answer', schema: answerSchema, maxBytes: MAX_ANSWER_BYTES };

export const encodeAnswer = (answer: InferenceAnswer): Uint8Array => encodeDocument(format, answer);
export const decodeAnswer = (document: Uint8Array): InferenceAnswer => decodeDocument(format, document);

/** Values as bytes of the document, and back; both little-endian whatever the machine. */
export function f32Bytes(values: Float32Array): Uint8Array {
  const data = new Uint8Array(values.length * 4);
  const view = new DataView(data.buffer);
  values.forEach((value, i) => view.setFloat32(i * 4, value, true));
  return data;
}

export function f32Values({ data }: Pick<ValuesAnswer, 'data'>): Float32Array {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Float32Array.from({ length: data.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
}
