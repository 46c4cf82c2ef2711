/**
 * The same bytes in groups of `size`, the last of what is left. A group that comes whole within what the source gives is a
 * view of it: the source must not write over what it gave.
 */
export async function* regroup(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  let group: Uint8Array | undefined;
  let filled = 0;
  for await (const bytes of source) {
    let from = 0;
    while (from < bytes.length) {
      if (!group && bytes.length - from >= size) {
        yield bytes.subarray(from, from + size);
        from += size;
        continue;
      }
      group ??= new Uint8Array(size);
      const taken = Math.min(size - filled, bytes.length - from);
      group.set(bytes.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
      if (filled < size) continue;
      yield group;
      group = undefined;
      filled = 0;
    }
  }
  if (group) yield group.subarray(0, filled);
}
