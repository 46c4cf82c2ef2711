import { decodeAnswer, f32Values, rowOf, type PredictRequest, type ValuesAnswer } from '@covey/protocol/inference';
import { valueTypes, type ValueType } from '@covey/wasm-core';
import { z } from 'zod';
import { nodeError } from '../../errors.ts';
import type { Answers } from '../answers.ts';
import type { Translated } from './openai.ts';
import { proofOf } from './proof.ts';

export const predictBody = z.strictObject({
  model: z.string().min(1).max(256),
  /** Rows of numbers; or little-endian values of all rows in base64. */
  inputs: z.union([z.array(z.array(z.number()).max(65_536)).min(1).max(4096), z.string().max(2 ** 22)]),
  values: z.enum(['probabilities', 'outputs']).optional(),
});

/** Rows in, outputs out: each number is an f32, so that JSON, which has doubles, carries its bits. */
export function predict(answers: Answers, body: z.infer<typeof predictBody>): Translated {
  const served = answers.model(body.model);
  const { type, size } = rowOf(served.architecture);
  const inputs = typeof body.inputs === 'string' ? fromBase64(body.inputs) : bytesOf(type, size, body.inputs);
  const real = served.architecture.loss === 'squared-error';
  const request: PredictRequest = {
    schema: 'covey.request/1',
    model: served.offered.model,
    network: served.offered.network,
    kind: 'predict',
    inputs,
    rows: Math.max(1, Math.floor(inputs.length / (size * valueTypes[type].bytes))),
    values: body.values ?? (real ? 'outputs' : 'probabilities'),
  };
  return {
    request,
    isStream: false,
    telling: {
      whole: (from) => {
        const answer = decodeAnswer(from.document) as ValuesAnswer;
        const { rows, width, data } = answer;
        const values = f32Values(answer);
        return {
          object: 'prediction',
          model: served.offered.name,
          rows,
          width,
          outputs: Array.from({ length: rows }, (_, i) => [...values.subarray(i * width, (i + 1) * width)]),
          data: Buffer.from(data).toString('base64'),
          covey: proofOf(from),
        };
      },
    },
  };
}

function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text)
    throw nodeError('REQUEST_INVALID', 'The inputs are not base64.', { expected: 'RFC 4648 with its padding' });
  return new Uint8Array(bytes);
}

const ranges: Record<ValueType, readonly [number, number] | null> = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffffffff],
  i32: [-0x80000000, 0x7fffffff],
  f32: null,
};

function bytesOf(type: ValueType, size: number, rows: readonly (readonly number[])[]): Uint8Array {
  const { bytes } = valueTypes[type];
  const view = new DataView(new ArrayBuffer(rows.length * size * bytes));
  for (const [i, row] of rows.entries()) {
    if (row.length !== size)
      throw nodeError('REQUEST_INVALID', `Row ${i} has another length.`, { expected: size, got: row.length });
    row.forEach((value, at) => write(view, type, (i * size + at) * bytes, value));
  }
  return new Uint8Array(view.buffer);
}

function write(view: DataView, type: ValueType, at: number, value: number): void {
  const range = ranges[type];
  if (range && !(Number.isInteger(value) && value >= range[0] && value <= range[1]))
    throw nodeError('REQUEST_INVALID', 'A value is not of the model’s type.', {
      expected: `${type}: a whole number from ${range[0]} to ${range[1]}`,
      got: value,
    });
  switch (type) {
    case 'u8':
      return view.setUint8(at, value);
    case 'u16':
      return view.setUint16(at, value, true);
    case 'u32':
      return view.setUint32(at, value, true);
    case 'i32':
      return view.setInt32(at, value, true);
    case 'f32':
      return view.setFloat32(at, value, true);
  }
}
