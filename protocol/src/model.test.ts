import { loadNodeCore } from '@covey/wasm-core/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  architectureSchema,
  classCount,
  featureCount,
  modelFromBytes,
  modelToBytes,
  parameterCount,
  submissionLimit,
} from './architecture.ts';
import type { Architecture } from './architecture.ts';
import { encodeSafetensors, parseSafetensors } from './safetensors.ts';
import { decryptShard, encryptShard } from './shard.ts';

// More than ten layers: names then sort otherwise (layers.10 before layers.2) than the parameters stand.
const architecture: Architecture = {
  layers: [
    { type: 'dense', inputs: 3, outputs: 2 },
    ...Array.from({ length: 5 }, () => [
      { type: 'relu' } as const,
      { type: 'dense', inputs: 2, outputs: 2 } as const,
    ]).flat(),
  ],
  input: 'u8',
};
const options = { maxBytes: 1 << 20 };
const code = (value: string): Error => expect.objectContaining({ code: value }) as Error;

it('a submission may be as large as the policy says, and no larger than its architecture can need', () => {
  const whole = modelToBytes(architecture, new Float32Array(parameterCount(architecture)));
  const limit = submissionLimit(architecture, 1n << 40n);
  expect(limit).toBeGreaterThan(whole.byteLength);
  expect(limit).toBeLessThan(whole.byteLength + (1 << 20) + 1);
  expect(submissionLimit(architecture, 1000n)).toBe(1000);
});

describe('models', () => {
  it('go to a file and back for any finite parameters', () => {
    fc.assert(
      fc.property(
        fc.float32Array({
          minLength: parameterCount(architecture),
          maxLength: parameterCount(architecture),
          noNaN: true,
          noDefaultInfinity: true,
        }),
        (parameters) => {
          expect(modelFromBytes(architecture, modelToBytes(architecture, parameters), options)).toEqual(parameters);
        },
      ),
    );
  });

  it('name each tensor by its layer', () => {
    const parameters = Float32Array.from({ length: parameterCount(architecture) }, (_, i) => i);
    const read = parseSafetensors(modelToBytes(architecture, parameters), options);
    expect(read.get('layers.0.weight')?.shape).toEqual([2, 3]);
    const bias = read.get('layers.2.bias')?.data;
    expect(bias && new Float32Array(bias.slice().buffer)).toEqual(new Float32Array([12, 13]));
  });

  it('have as many parameters as the core says', async () => {
    const core = await loadNodeCore();
    expect(parameterCount(architecture)).toBe(core.parameterCount(architecture.layers));
    expect([featureCount(architecture), classCount(architecture)]).toEqual([3, 2]);
  });

  const small: Architecture = { layers: [{ type: 'dense', inputs: 1, outputs: 2 }], input: 'u8' };
  const f32 = (...values: number[]) => new Uint8Array(new Float32Array(values).buffer);
  const weight = { dtype: 'F32' as const, shape: [2, 1], data: f32(1, 2) };
  const bias = { dtype: 'F32' as const, shape: [2], data: f32(3, 4) };
  const cases: Record<string, [Uint8Array, string]> = {
    'a missing tensor': [encodeSafetensors({ 'layers.0.weight': weight }), 'PROTOCOL_WRONG_TENSORS'],
    'another tensor': [
      encodeSafetensors({ 'layers.0.weight': weight, 'layers.0.bias': bias, extra: bias }),
      'PROTOCOL_WRONG_TENSORS',
    ],
    'another shape': [
      encodeSafetensors({ 'layers.0.weight': { ...weight, shape: [1, 2] }, 'layers.0.bias': bias }),
      'PROTOCOL_WRONG_TENSORS',
    ],
    'another type': [
      encodeSafetensors({ 'layers.0.weight': { ...weight, dtype: 'I32' }, 'layers.0.bias': bias }),
      'PROTOCOL_WRONG_TENSORS',
    ],
    NaN: [
      encodeSafetensors({ 'layers.0.weight': { ...weight, data: f32(NaN, 1) }, 'layers.0.bias': bias }),
      'PROTOCOL_NOT_FINITE',
    ],
    infinity: [
      encodeSafetensors({ 'layers.0.weight': weight, 'layers.0.bias': { ...bias, data: f32(1, -Infinity) } }),
      'PROTOCOL_NOT_FINITE',
    ],
    garbage: [new TextEncoder().encode('garbage, more than eight bytes of it'), 'PROTOCOL_NOT_SAFETENSORS'],
  };
  for (const [what, [bytes, expected]] of Object.entries(cases)) {
    it(`with ${what} are refused`, () => {
      expect(() => modelFromBytes(small, bytes, options)).toThrowError(code(expected));
    });
  }
  it('are refused beyond the size allowed', () => {
    const bytes = modelToBytes(small, new Float32Array(4));
    expect(() => modelFromBytes(small, bytes, { maxBytes: bytes.length - 1 })).toThrowError(code('PROTOCOL_TOO_LARGE'));
  });
  it('are not written with another number of parameters', () => {
    expect(() => modelToBytes(small, new Float32Array(5))).toThrowError(code('PROTOCOL_INVALID_ARGUMENT'));
  });
});

describe('architectures', () => {
  const dense = (inputs: number, outputs: number) => ({ type: 'dense', inputs, outputs });
  const hostile: Record<string, unknown[]> = {
    'no layers': [],
    'a chain that does not fit': [dense(4, 3), dense(4, 2)],
    'a relu first': [{ type: 'relu' }, dense(4, 2)],
    'a relu last': [dense(4, 2), { type: 'relu' }],
    'one class': [dense(4, 1)],
    'more than 2^18 classes': [dense(4, 2 ** 18 + 1)],
    'a fraction': [dense(4.5, 2)],
    'a negative width': [dense(-4, 2)],
    'more than 2^28 parameters': [dense(65536, 65536), dense(65536, 2)],
    'too many layers': Array.from({ length: 65 }, () => dense(2, 2)),
    'an unknown layer': [{ type: 'conv' }],
    'an extra field': [{ ...dense(4, 2), activation: 'relu' }],
  };
  for (const [what, layers] of Object.entries(hostile)) {
    it(`with ${what} are refused`, () => {
      expect(architectureSchema.safeParse({ layers, input: 'u8' }).success).toBe(false);
    });
  }
});

describe('shards', () => {
  const key = `0x${'0b'.repeat(32)}` as const;
  const nonce = new Uint8Array(24).fill(7);
  it('open with their key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (plaintext) => {
        expect(decryptShard(encryptShard(plaintext, key, nonce), key)).toEqual(plaintext);
      }),
    );
  });
  it('do not open with another key, nor after any change', () => {
    const sealed = encryptShard(new Uint8Array(50), key, nonce);
    expect(() => decryptShard(sealed, new Uint8Array(32))).toThrowError(code('PROTOCOL_DECRYPTION_FAILED'));
    for (let i = 0; i < sealed.length; i++) {
      const changed = Uint8Array.from(sealed);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => decryptShard(changed, key)).toThrowError(code('PROTOCOL_DECRYPTION_FAILED'));
    }
    for (const length of [0, 23, 24, 39]) {
      expect(() => decryptShard(new Uint8Array(length), key)).toThrowError(code('PROTOCOL_DECRYPTION_FAILED'));
    }
  });
  it('refuse keys and nonces of another size, without repeating the key', () => {
    expect(() => encryptShard(new Uint8Array(), key, new Uint8Array(12))).toThrowError(
      code('PROTOCOL_INVALID_ARGUMENT'),
    );
    try {
      decryptShard(new Uint8Array(60), '0xabcdef');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'PROTOCOL_INVALID_ARGUMENT' });
      expect(String(error)).not.toContain('abcdef');
    }
  });
});
