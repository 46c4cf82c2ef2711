// Protocol buffers, as far as ONNX files need them.

export type Field = [number: number, value: number | string | Uint8Array | { float: number } | readonly Uint8Array[]];

/** A message of fields in the order given: integers, text, bytes, floats, or repeated messages. */
export function message(...fields: Field[]): Uint8Array {
  return concat(fields.flatMap(([number, value]) => field(number, value)));
}

function field(number: number, value: Field[1]): Uint8Array[] {
  if (typeof value === 'number') return [varint(number << 3), varint(value)];
  if (typeof value === 'string') return field(number, new TextEncoder().encode(value));
  if (value instanceof Uint8Array) return [varint((number << 3) | 2), varint(value.length), value];
  if ('float' in value) return [varint((number << 3) | 5), new Uint8Array(Float32Array.of(value.float).buffer)];
  return value.flatMap((one) => field(number, one));
}

/** Negative numbers as ONNX's int64: ten bytes of two's complement. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
