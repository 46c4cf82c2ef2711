import { parameterCount, tensorPlaces, type Architecture } from './architecture.ts';
import { protocolError } from './errors.ts';
import { floatDtypes, floatsOf } from './foreign-floats.ts';
import { findTensors, type NameMap, type Source } from './foreign-names.ts';
import { readForeignSafetensors, type ForeignTensor } from './foreign-safetensors.ts';
import type { ParseOptions } from './safetensors.ts';

/**
 * The parameters of a model, or of a delta between two, that any tool may have written: floats of any type, in any order,
 * under other names (`findTensors` says which). Shapes are ours, which are PyTorch's: the weight of a linear layer is
 * [outputs, inputs]; only a map turns axes.
 */
export function foreignModel(
  architecture: Architecture,
  bytes: Uint8Array,
  { map, ...options }: ParseOptions & { map?: NameMap | undefined },
): Float32Array<ArrayBuffer> {
  const tensors = readForeignSafetensors(bytes, options);
  const parameters = new Float32Array(parameterCount(architecture));
  const sources = findTensors(tensorPlaces(architecture), tensors, map);
  const wrong = sources.filter((source) => shapeOf(source).join() !== source.place.shape.join());
  if (wrong.length > 0) throw wrongShapes(wrong);
  for (const source of sources) parameters.set(valuesOf(source), source.place.offset);
  return parameters;
}

/** The shape that the tensor has once its axes are in our order. */
function shapeOf({ tensor: { shape }, axes, from }: Source): readonly number[] {
  if (!axes) return shape;
  const order = axes.toSorted((a, b) => a - b);
  if (order.length === shape.length && order.every((axis, i) => axis === i)) return axes.map((axis) => shape[axis]!);
  throw protocolError('PROTOCOL_WRONG_TENSORS', `the map turns axes of ${from} that it does not have`, {
    expected: `each of 0 to ${shape.length - 1} once`,
    got: `[${axes.join(', ')}]`,
  });
}

function valuesOf(source: Source): Float32Array {
  return turned(finiteFloats(source.tensor, `${source.from} (${source.place.name})`), source);
}

/** The tensor's values as f32, all finite. */
export function finiteFloats(tensor: ForeignTensor, name: string): Float32Array<ArrayBuffer> {
  const values = floatsOf(tensor);
  if (!values) {
    throw protocolError('PROTOCOL_WRONG_TENSORS', `tensor ${name} holds no floats`, {
      expected: floatDtypes.join(', '),
      got: tensor.dtype,
    });
  }
  // Read as integers, so that no NaN passes through a float register.
  const bad = new Uint32Array(values.buffer).findIndex((word) => (word & 0x7f800000) === 0x7f800000);
  if (bad !== -1) {
    const what = `tensor ${name} holds a value that f32 has no number for`;
    const got = `${values[bad]} at element ${bad}`;
    throw protocolError('PROTOCOL_NOT_FINITE', what, { expected: 'finite numbers only', got });
  }
  return values;
}

/** The values in the order of our axes. */
function turned(values: Float32Array, { tensor: { shape }, axes, place }: Source): Float32Array {
  if (!axes) return values;
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const steps = axes.map((axis) => strides[axis]!);
  const at = axes.map(() => 0);
  let from = 0;
  return Float32Array.from(values, () => {
    const value = values[from]!;
    for (let axis = at.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++at[axis]! < place.shape[axis]!) break;
      from -= at[axis]! * steps[axis]!;
      at[axis] = 0;
    }
    return value;
  });
}

function wrongShapes(wrong: readonly Source[]) {
  const isTurned = wrong.some(({ tensor, place }) => tensor.shape.toReversed().join() === place.shape.join());
  return protocolError('PROTOCOL_WRONG_TENSORS', 'tensors of the file have other shapes than the task’s', {
    expected: wrong.map(({ place }) => `${place.name} [${place.shape.join(', ')}]`).join(', '),
    got: wrong.map((source) => `${source.from} [${shapeOf(source).join(', ')}]`).join(', '),
    hint: isTurned
      ? 'A map turns axes: {"tensors": {"OURS": {"from": "THEIRS", "axes": [1, 0]}}}.'
      : 'Use a model of this task’s architecture; `covey task export` writes it down.',
  });
}
