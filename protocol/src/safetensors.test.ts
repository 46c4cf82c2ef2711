import { CoveyError } from '@covey/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteLength, dtypeSizes, encodeSafetensors, parseSafetensors } from './safetensors.ts';
import type { Dtype, Tensor } from './safetensors.ts';

const options = { maxBytes: 1 << 22 };
const refused: unknown = expect.objectContaining({ code: 'PROTOCOL_NOT_SAFETENSORS' });

/** A file with this header, as written, and this much data. */
function file(header: string, dataBytes: number, pad = true): Uint8Array {
  const text = pad ? header.padEnd(Math.ceil(header.length / 8) * 8, ' ') : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(new TextEncoder().encode(text), 8);
  return bytes;
}

const dtypes = Object.keys(dtypeSizes) as Dtype[];
const name = fc.stringMatching(/^[ !#-[\]-~]{1,20}$/).filter((text) => text !== '__metadata__');
const tensor: fc.Arbitrary<Tensor> = fc
  .tuple(fc.constantFrom(...dtypes), fc.array(fc.nat(4), { maxLength: 4 }), fc.nat(255))
  .map(([dtype, shape, fill]) => ({ dtype, shape, data: new Uint8Array(byteLength(dtype, shape) ?? 0).fill(fill) }));
const tensors = fc.array(fc.tuple(name, tensor), { maxLength: 8 }).map((entries) => new Map(entries));

describe('safetensors', () => {
  it('writes what the reference implementation writes', () => {
    // The example in the documentation of the Rust crate.
    const bytes = encodeSafetensors({ test: { dtype: 'I32', shape: [2, 2], data: new Uint8Array(16) } });
    const header = '{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}';
    expect(new TextDecoder().decode(bytes.subarray(8, 8 + header.length))).toBe(header);
    expect(new DataView(bytes.buffer).getBigUint64(0, true)).toBe(64n);
    expect(bytes.length).toBe(8 + 64 + 16);
  });

  it('takes no name twice, not under another type either', () => {
    const first = '"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
    const second = '"a":{"dtype":"U8","shape":[1],"data_offsets":[4,5]}';
    expect(() => parseSafetensors(file(`{${first},${second}}`, 5), options)).toThrowError(refused);
    expect(parseSafetensors(file(`{${first},${second.replace('a', 'b')}}`, 5), options).size).toBe(2);
  });

  it('orders by type, then name, so that everything is aligned', () => {
    const one = (dtype: Dtype) => ({ dtype, shape: [1], data: new Uint8Array(dtypeSizes[dtype]) });
    const bytes = encodeSafetensors({ b: one('U8'), z: one('F32'), a: one('U8'), y: one('F32'), w: one('I64') });
    expect([...parseSafetensors(bytes, options).keys()]).toEqual(['w', 'y', 'z', 'a', 'b']);
  });

  it('reads back what it wrote, and nothing else has that content', () => {
    fc.assert(
      fc.property(tensors, (map) => {
        const bytes = encodeSafetensors(map);
        const read = parseSafetensors(bytes, options);
        expect(new Map([...read].sort())).toEqual(new Map([...map].sort()));
        expect(encodeSafetensors(read)).toEqual(bytes);
        let offset = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
        for (const { dtype, data } of read.values()) {
          expect(offset % dtypeSizes[dtype]).toBe(0);
          offset += data.length;
        }
        expect(offset).toBe(bytes.length);
      }),
    );
  });

  it('whatever it accepts is canonical: one changed header byte is refused or another content', () => {
    fc.assert(
      fc.property(tensors, fc.nat(), fc.integer({ min: 1, max: 255 }), (map, where, change) => {
        const bytes = encodeSafetensors(map);
        const changed = Uint8Array.from(bytes);
        const at = where % changed.length;
        changed[at] = (changed[at] ?? 0) ^ change;
        let read: Map<string, Tensor>;
        try {
          read = parseSafetensors(changed, options);
        } catch (error) {
          expect(error).toBeInstanceOf(CoveyError);
          return;
        }
        expect(encodeSafetensors(read)).toEqual(changed);
      }),
      { numRuns: 2000 },
    );
  });

  it('throws nothing but CoveyError on arbitrary bytes', () => {
    const headerish = fc
      .array(
        fc.constantFrom(
          '{',
          '}',
          '[',
          ']',
          ',',
          ':',
          '"a"',
          '"dtype"',
          '"F32"',
          '"shape"',
          '"data_offsets"',
          '0',
          '4',
          ' ',
          '__proto__',
          '\\',
        ),
        { maxLength: 30 },
      )
      .map((parts) => file(parts.join(''), 4));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), headerish), (bytes) => {
        try {
          parseSafetensors(bytes, options);
        } catch (error) {
          expect(error).toBeInstanceOf(CoveyError);
        }
      }),
      { numRuns: 5000 },
    );
  });

  const ok = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  it('accepts the file from which the refusals below differ', () => {
    expect(parseSafetensors(file(ok, 4), options).get('a')).toEqual({
      dtype: 'F32',
      shape: [1],
      data: new Uint8Array(4),
    });
  });

  const b = (begin: number, end: number) => `"b":{"dtype":"F32","shape":[1],"data_offsets":[${begin},${end}]}`;
  const refusals: Record<string, Uint8Array> = {
    'an empty file': new Uint8Array(),
    'less than a length': new Uint8Array(7),
    'a header longer than the file': (() => {
      const bytes = file(ok, 4);
      bytes[0] = 200;
      return bytes;
    })(),
    'a header length beyond 2^63': new Uint8Array(64).fill(255),
    'a header without padding': file(ok, 4, false),
    'too much padding': file(ok.padEnd(64, ' '), 4),
    'trailing bytes': file(ok, 5),
    'missing bytes': file(ok, 3),
    'white space': file(ok.replace(',', ', '), 4),
    'other key order': file('{"a":{"shape":[1],"dtype":"F32","data_offsets":[0,4]}}', 4),
    metadata: file(`{"__metadata__":{"format":"pt"},${ok.slice(1)}`, 4),
    'an unknown dtype': file(ok.replace('F32', 'F31'), 4),
    'a dtype that objects inherit': file(ok.replace('F32', 'constructor'), 4),
    'an extra field': file(ok.replace('}}', ',"x":1}}'), 4),
    'duplicate names': file(`{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},${ok.slice(1)}`, 4),
    'unsorted names': file(`{${b(0, 4)},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8),
    'a hole between tensors': file(`${ok.slice(0, -1)},${b(8, 12)}}`, 12),
    'overlapping tensors': file(`${ok.slice(0, -1)},${b(0, 4)}}`, 4),
    'offsets that run backwards': file(ok.replace('[0,4]', '[4,0]'), 4),
    'a leading zero': file(ok.replace('[0,4]', '[0,04]'), 4),
    'a negative offset': file(ok.replace('[0,4]', '[-4,0]'), 4),
    'a fraction': file(ok.replace('[1]', '[1.0]'), 4),
    'an exponent': file(ok.replace('[1]', '[1e0]'), 4),
    'a size beyond 2^53': file(ok.replace('[1]', '[9007199254740991,9007199254740991]'), 4),
    'a dimension beyond 2^53': file(ok.replace('[1]', '[9007199254740992]'), 4),
    'an escape': file(ok.replace('"a"', '"\\u0061"'), 4),
    'an empty name': file(ok.replace('"a"', '""'), 4),
    'a name beyond 256 characters': file(ok.replace('"a"', `"${'a'.repeat(257)}"`), 4),
    'a control character': file(ok.replace('"a"', '"\n"'), 4),
    'nine dimensions': file(ok.replace('[1]', '[1,1,1,1,1,1,1,1,1]'), 4),
    'a deep nesting': file('{"a":'.repeat(20000), 0),
    'deep arrays': file('['.repeat(100000), 0),
    'an array': file('[]', 0),
  };
  for (const [what, bytes] of Object.entries(refusals)) {
    it(`refuses ${what}`, () => {
      expect(() => parseSafetensors(bytes, options)).toThrowError(refused as Error);
    });
  }

  it('treats __proto__ as any name', () => {
    const read = parseSafetensors(file(ok.replace('"a"', '"__proto__"'), 4), options);
    expect(read.get('__proto__')?.shape).toEqual([1]);
    expect(Object.prototype).not.toHaveProperty('dtype');
  });

  it('refuses what is larger than asked for before looking at it', () => {
    expect(() => parseSafetensors(new Uint8Array(100), { maxBytes: 99 })).toThrowError(
      expect.objectContaining({ code: 'PROTOCOL_TOO_LARGE' }),
    );
  });

  it('refuses a megabyte of hostile header in a moment', () => {
    const started = process.cpuUsage();
    for (const unit of ['"a":', '{', '"', '\\', '0', `${b(0, 0)},`]) {
      const hostile = file(`{${unit.repeat(Math.floor(1_000_000 / unit.length))}`, 0);
      expect(() => parseSafetensors(hostile, options)).toThrowError(refused as Error);
    }
    // Time of the processor, in microseconds: a busy machine does not make it longer.
    expect(process.cpuUsage(started).user).toBeLessThan(10_000_000);
  });

  const unwritable: Record<string, [string, Partial<Tensor>]> = {
    'a quote in a name': ['a"b', {}],
    'a reserved name': ['__metadata__', {}],
    'data of another size': ['a', { data: new Uint8Array(5) }],
    'a negative dimension': ['a', { shape: [-1] }],
  };
  for (const [what, [key, change]] of Object.entries(unwritable)) {
    it(`does not write ${what}`, () => {
      const value: Tensor = { dtype: 'F32', shape: [1], data: new Uint8Array(4), ...change };
      expect(() => encodeSafetensors(new Map([[key, value]]))).toThrowError(
        expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }),
      );
    });
  }
});
