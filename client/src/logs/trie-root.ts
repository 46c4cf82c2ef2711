import { bytesToHex, concat, hexToBytes, keccak256, size, toRlp, type Hex } from 'viem';

/** RLP of a trie's node as it stands in its parent: whole when shorter than 32 bytes, else its hash. */
type Node = Hex | readonly Node[];
interface Entry {
  /** Half bytes of the key that are left. */
  path: readonly number[];
  value: Hex;
}

/**
 * The root of the Merkle-Patricia trie over a list (Yellow Paper, appendix D), which commits a block to its receipts:
 * keys are the RLP of each place.
 */
export function trieRoot(values: readonly Hex[]): Hex {
  if (values.length === 0) return keccak256(toRlp('0x'));
  const entries = values.map((value, place): Entry => {
    const key = toRlp(place === 0 ? '0x' : hexOf(place));
    return { path: [...hexToBytes(key)].flatMap((byte) => [byte >> 4, byte & 15]), value };
  });
  return keccak256(toRlp(node(entries) as never));
}

const hexOf = (place: number): Hex => bytesToHex(Uint8Array.from(bytesOf(place)));
const bytesOf = (place: number): number[] => (place < 256 ? [place] : [...bytesOf(place >> 8), place & 255]);

function node(entries: readonly Entry[]): Node {
  const [first, ...others] = entries;
  if (first === undefined) return '0x';
  if (others.length === 0) return [hexPrefix(first.path, true), first.value];
  const shared = sharedLength(entries);
  if (shared > 0) {
    const below = entries.map(({ path, value }) => ({ path: path.slice(shared), value }));
    return [hexPrefix(first.path.slice(0, shared), false), reference(node(below))];
  }
  // The RLP of a number is never the beginning of another one's: no value stands in a branch itself.
  const branches = Array.from({ length: 16 }, (_, half) => {
    const below = entries.filter(({ path }) => path[0] === half);
    return below.length === 0
      ? '0x'
      : reference(node(below.map(({ path, value }) => ({ path: path.slice(1), value }))));
  });
  return [...branches, '0x'];
}

function sharedLength(entries: readonly Entry[]): number {
  const [first] = entries;
  let length = 0;
  while (length < (first?.path.length ?? 0) && entries.every(({ path }) => path[length] === first?.path[length]))
    length++;
  return length;
}

function reference(below: Node): Node {
  const rlp = toRlp(below as never);
  return size(rlp) < 32 ? below : keccak256(rlp);
}

/** Half bytes as bytes, with a flag for leaves and one for an odd number (Yellow Paper, appendix C). */
function hexPrefix(path: readonly number[], leaf: boolean): Hex {
  const flag = leaf ? 2 : 0;
  const halves = path.length % 2 === 0 ? [flag, 0, ...path] : [flag + 1, ...path];
  return concat(
    Array.from({ length: halves.length / 2 }, (_, at) =>
      bytesToHex(Uint8Array.of(((halves[2 * at] ?? 0) << 4) | (halves[2 * at + 1] ?? 0))),
    ),
  );
}
