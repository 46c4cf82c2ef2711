import type { Random } from './random.ts';

/** Up to four changes: bits, bytes, digits of the header, pieces cut, doubled or moved, and the length field. */
export function mutate(random: Random, source: Uint8Array): Uint8Array {
  let bytes = Uint8Array.from(source);
  for (let changes = random.below(5); changes > 0; changes--) {
    const at = random.below(bytes.length || 1);
    const header = Math.min(bytes.length, 8 + random.below(200));
    switch (random.below(8)) {
      case 0:
        if (bytes.length > 0) bytes[at]! ^= 1 << random.below(8);
        break;
      case 1:
        if (bytes.length > 0) bytes[at] = random.below(256);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        break;
      case 3:
        bytes = Uint8Array.from([...bytes.slice(0, at), ...random.bytes(random.below(9)), ...bytes.slice(at)]);
        break;
      case 4:
        bytes = Uint8Array.from([...bytes.slice(0, at), ...bytes.slice(random.below(bytes.length || 1))]);
        break;
      case 5: {
        // Another digit, or a quote, bracket or comma, where the header has one.
        const place = 8 + random.below(Math.max(1, header - 8));
        if (place < bytes.length) bytes[place] = '0123456789",:[]{} '.charCodeAt(random.below(18));
        break;
      }
      case 6:
        if (bytes.length >= 8) {
          const length = [0n, 8n, 2n ** 63n, 2n ** 53n, 2n ** 32n + 8n, BigInt(bytes.length)][random.below(6)]!;
          new DataView(bytes.buffer).setBigUint64(0, length, true);
        }
        break;
      default: {
        const text = new TextDecoder('latin1').decode(bytes).replace(/\d+/, () => String(random.below(2 ** 31) * 4));
        bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
      }
    }
  }
  return bytes;
}
