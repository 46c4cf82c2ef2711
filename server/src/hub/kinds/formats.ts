/** Formats of Snapshot's JSON schemas (snapshot.js src/schemas), each with what it asks for, in words. */
export interface Format {
  max: number;
  pattern?: RegExp;
  expected: string;
}

export const url = (max: number): Format => ({
  max,
  pattern: /^$|^(https?|ipfs|ipns|snapshot):\/\//,
  expected: `empty, or an address that starts with http, https, ipfs, ipns or snapshot, of at most ${max} characters`,
});
export const text = (max: number): Format => ({ max, expected: `at most ${max} characters` });
export const name = (max: number, pattern: RegExp, letters: string): Format => ({
  max,
  pattern,
  expected: `at most ${max} of ${letters}`,
});

/** Snapshot's name of a network of spaces, for instance `s`. */
export const network = name(24, /^[a-z0-9-]*$/, 'a to z, 0 to 9 and -');

/** Characters as JSON schema counts them: code points. */
export const lengthOf = (value: string): number => [...value].length;

/** What the value should have been, when it is not that. */
export function misfit(value: unknown, { max, pattern, expected }: Format): string | undefined {
  if (typeof value !== 'string') return 'a text';
  return lengthOf(value) > max || pattern?.test(value) === false ? expected : undefined;
}

export function parseObject(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
