import type { TensorLayout } from '@covey/wasm-core';
import { z } from 'zod';
import { protocolError } from './errors.ts';
import type { ForeignTensor } from './foreign-safetensors.ts';

const fromSchema = z.strictObject({
  from: z.string(),
  /** As of numpy.transpose: dimension i of ours is dimension axes[i] of the file's. */
  axes: z.array(z.number().int().min(0).max(7)).optional(),
});

/** Which of a file's tensors are the task's: our name to the file's, or to the file's with its axes in another order. */
export const nameMapSchema = z.strictObject({
  tensors: z.record(z.string(), z.union([z.string(), fromSchema])),
  /** Tensors of the file that are left out. */
  ignore: z.array(z.string()).optional(),
});

export type NameMap = z.infer<typeof nameMapSchema>;

/** Where one of our tensors stands in a file. */
export interface Source {
  place: TensorLayout;
  tensor: ForeignTensor;
  from: string;
  axes?: readonly number[] | undefined;
}

/** torch counts batches beside each batch norm's statistics; no layer reads it. */
const counter = /(^|\.)num_batches_tracked$/;
/** Our own name of the list of layers, which a torch.nn.Sequential has not. */
const list = 'layers.';

/**
 * Finds each of our tensors in a file. Names that the map has are the map's. The others are equal to ours but for one
 * prefix that all of them share, with or without our `layers.`: `0.weight` of a Sequential, `net.0.weight`,
 * `module.layers.0.weight`. Nothing is guessed from shapes, and no tensor of the file may be left over.
 */
export function findTensors(
  places: readonly TensorLayout[],
  tensors: ReadonlyMap<string, ForeignTensor>,
  map: NameMap = { tensors: {} },
): Source[] {
  const left = new Set([...tensors.keys()].filter((name) => !counter.test(name)));
  for (const name of map.ignore ?? []) if (!left.delete(name)) throw unknownName(name, tensors);
  const known = new Set(places.map(({ name }) => name));
  const stranger = Object.keys(map.tensors).find((name) => !known.has(name));
  if (stranger !== undefined) throw unknownName(stranger, known, 'the task');

  const named = (place: TensorLayout, from: string, axes?: readonly number[]): Source => {
    const tensor = tensors.get(from);
    if (!tensor) throw unknownName(from, tensors);
    left.delete(from);
    return { place, tensor, from, axes };
  };
  const mapped = new Map<string, Source>();
  for (const place of places) {
    const entry = map.tensors[place.name];
    if (entry === undefined) continue;
    mapped.set(place.name, typeof entry === 'string' ? named(place, entry) : named(place, entry.from, entry.axes));
  }
  const rest = places.filter(({ name }) => !mapped.has(name));
  const rename = ruleFor(rest, left);
  if (!rename) throw mismatch(rest, tensors, left);
  const found = places.map((place) => mapped.get(place.name) ?? named(place, rename(place.name)));
  if (left.size > 0) throw mismatch([], tensors, left);
  return found;
}

type Rename = (name: string) => string;

/** The prefix rule under which all of the names are there. */
function ruleFor(places: readonly TensorLayout[], names: ReadonlySet<string>): Rename | undefined {
  const first = places[0]?.name;
  if (first === undefined) return (name) => name;
  for (const stem of [first, first.slice(list.length)]) {
    for (const name of names) {
      const prefix = name.slice(0, name.length - stem.length);
      if (!name.endsWith(stem) || !/(^|\.)$/.test(prefix)) continue;
      const rename: Rename = (ours) => prefix + ours.slice(first.length - stem.length);
      if (places.every((place) => names.has(rename(place.name)))) return rename;
    }
  }
  return undefined;
}

/** Names that an error lists; a network may have thousands. */
const most = 64;

function listed(all: readonly { name: string; shape: readonly number[]; dtype?: string }[]): string {
  const lines = all
    .slice(0, most)
    .map(({ name, shape, dtype = '' }) => `${name} ${dtype && `${dtype} `}[${shape.join(', ')}]`);
  return [...lines, ...(all.length > most ? [`and ${all.length - most} more`] : [])].join(', ') || 'none';
}

function mismatch(
  wanted: readonly TensorLayout[],
  tensors: ReadonlyMap<string, ForeignTensor>,
  left: ReadonlySet<string>,
) {
  const missing = wanted.filter(({ name }) => !left.has(name));
  const own = new Set(wanted.map(({ name }) => name));
  const over = [...left].filter((name) => !own.has(name)).map((name) => ({ name, ...tensors.get(name)! }));
  const map = proposal(missing, over);
  const way = 'Name each in a map: {"tensors": {"OURS": "THEIRS"}, "ignore": ["THEIRS"]}.';
  return protocolError('PROTOCOL_WRONG_TENSORS', 'the file’s tensors do not have the task’s names', {
    expected: missing.length === 0 ? 'no more tensors' : listed(missing),
    got: listed(over),
    hint: map ? `By their shapes this map may be meant; check it: ${JSON.stringify(map)}` : way,
  });
}

/** What their shapes suggest: the first that fits, in the order of the numbers in their names. */
function proposal(
  missing: readonly TensorLayout[],
  over: readonly (ForeignTensor & { name: string })[],
): NameMap | undefined {
  const collator = new Intl.Collator('en', { numeric: true });
  const left = over.toSorted((a, b) => collator.compare(a.name, b.name));
  const map: NameMap = { tensors: {} };
  const part = (name: string) => name.split('.').at(-1);
  for (const { name, shape } of missing) {
    const same = left.filter((one) => one.shape.join() === shape.join());
    const turned = left.filter((one) => shape.length === 2 && one.shape.toReversed().join() === shape.join());
    const found = same.find((one) => part(one.name) === part(name)) ?? same[0] ?? turned[0];
    if (!found) return undefined;
    left.splice(left.indexOf(found), 1);
    map.tensors[name] = same.includes(found) ? found.name : { from: found.name, axes: [1, 0] };
  }
  if (missing.length === 0 || missing.length > most) return undefined;
  return left.length === 0 ? map : { ...map, ignore: left.map(({ name }) => name) };
}

function unknownName(name: string, names: { keys(): Iterable<string> }, of = 'the file') {
  const all = [...names.keys()];
  return protocolError('PROTOCOL_WRONG_TENSORS', `the map names a tensor that ${of} does not have`, {
    expected: all.slice(0, most).join(', '),
    got: name,
  });
}
