/** The same bytes in groups of `size`, the last of what is left. Each group is its own memory. */
export async function* regroup(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array> {
  let group = new Uint8Array(size);
  let filled = 0;
  for await (const bytes of source) {
    for (let from = 0; from < bytes.length;) {
      const taken = Math.min(size - filled, bytes.length - from);
      group.set(bytes.subarray(from, from + taken), filled);
      filled += taken;
      from += taken;
      if (filled < size) continue;
      yield group;
      group = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield group.subarray(0, filled);
}
