/** Letters for bytes, as GPT-2 has them: what prints is itself, all else follows from U+0100 on. */
const printed = (byte: number) =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || (byte >= 0xae && byte <= 0xff);

const others = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !printed(byte));

const letters = Array.from({ length: 256 }, (_, byte) =>
  String.fromCodePoint(printed(byte) ? byte : 256 + others.indexOf(byte)),
);
const bytes = new Map(letters.map((letter, byte) => [letter, byte]));

const encoder = new TextEncoder();

/** A text as a letter for each of its bytes. */
export function toByteLetters(text: string): string {
  let said = '';
  for (const byte of encoder.encode(text)) said += letters[byte]!;
  return said;
}

/** Bytes of a token; a token that has other letters stands for itself. */
export function fromByteLetters(token: string): Uint8Array {
  const found: number[] = [];
  for (const letter of token) {
    const byte = bytes.get(letter);
    if (byte === undefined) return encoder.encode(token);
    found.push(byte);
  }
  return Uint8Array.from(found);
}
