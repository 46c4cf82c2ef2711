/**
 * Integers that may not fit a double are decimal strings. JSON leaves the controls above U+007F and the marks of direction
 * as they are, which a terminal obeys; escaped they mean the same to a parser.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)).replace(
    /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu,
    (hidden) => hidden.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  );
}
