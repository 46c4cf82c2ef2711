import { unsupported } from './json-reader.ts';
import { graphemes } from './graphemes.ts';

/** Bytes of a character map as base64; those of T5 and XLM-R have 240 kB. */
const MOST_TEXT = 4 * 2 ** 20;
/** UTF-8 bytes of a cluster that is looked up whole. */
const WHOLE = 6;

/** SentencePiece's map of characters: a double array of prefixes (darts-clone), and the texts that it names. */
export class CharacterMap {
  readonly #units: Uint32Array;
  readonly #texts: Uint8Array;
  readonly #encoder = new TextEncoder();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(base64: string, place: string) {
    const bytes = bytesOf(base64, place);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const size = bytes.length < 4 ? 0 : view.getUint32(0, true);
    if (size === 0 || size % 4 !== 0 || size > bytes.length - 4)
      throw unsupported(place, 'a length and as many bytes of a double array', `${size} of ${bytes.length}`);
    this.#units = Uint32Array.from({ length: size / 4 }, (_, i) => view.getUint32(4 + 4 * i, true));
    this.#texts = bytes.subarray(4 + size);
    try {
      this.#decoder.decode(this.#texts);
    } catch {
      throw unsupported(place, 'texts in UTF-8', 'other bytes');
    }
  }

  normalize(text: string): string {
    let said = '';
    for (const cluster of graphemes(text)) {
      const bytes = this.#encoder.encode(cluster);
      const whole = bytes.length < WHOLE ? this.#find(bytes) : undefined;
      if (whole !== undefined) said += whole;
      else for (const one of cluster) said += this.#find(this.#encoder.encode(one)) ?? one;
    }
    return said;
  }

  /** What the shortest prefix of these bytes that the map knows becomes. */
  #find(bytes: Uint8Array): string | undefined {
    const units = this.#units;
    let at = offset(units[0]!);
    for (const byte of bytes) {
      if (byte === 0) return undefined;
      at = (at ^ byte) >>> 0;
      const unit = units[at];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return undefined;
      at = (at ^ offset(unit)) >>> 0;
      if (((unit >>> 8) & 1) === 0) continue;
      const value = units[at];
      return value === undefined ? undefined : this.#text(value & 0x7fffffff);
    }
    return undefined;
  }

  #text(start: number): string | undefined {
    if (start > this.#texts.length) return undefined;
    const end = this.#texts.indexOf(0, start);
    try {
      return this.#decoder.decode(this.#texts.subarray(start, end < 0 ? undefined : end));
    } catch {
      return undefined;
    }
  }
}

const offset = (unit: number) => ((unit >>> 10) << ((unit & 0x200) >>> 6)) >>> 0;

function bytesOf(base64: string, place: string): Uint8Array {
  if (base64.length > MOST_TEXT || base64.length % 4 !== 0 || !/^[0-9A-Za-z+/]*={0,2}$/.test(base64))
    throw unsupported(place, `base64 of at most ${MOST_TEXT} characters`, `${base64.length} characters`);
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
