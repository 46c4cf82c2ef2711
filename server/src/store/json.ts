/** A value as PostgreSQL's jsonb takes it: integers as decimal strings, text without the zero byte, which it refuses. */
export function storable(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === 'bigint') return item.toString();
    return typeof item === 'string' ? item.replaceAll('\u0000', '\ufffd') : item;
  });
  return text === undefined ? null : JSON.parse(text);
}
