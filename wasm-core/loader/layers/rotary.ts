import { WORK } from '../network-parts.ts';
import type { Shape } from '../shape.ts';
import type { LayerPlace } from './layer-type.ts';

const ROTARY = 11;
/** Customary; see Su et al., "RoFormer", 2021. */
const BASE = 10_000;

const fields = {
  /** The slowest pair turns by about 1 / base a token. */
  rotaryBase: { kind: 'size', least: 2, most: 2 ** 31 - 1, optional: true },
  /** How many times longer texts are than those of the first training: every angle is divided by it. */
  rotaryFactor: { kind: 'number', least: 1, most: 1024, optional: true },
  /**
   * Llama 3's rule, all three together: pairs that turn more than `rotaryHigh` times within `rotaryLength` tokens keep their
   * angles, those that turn less than `rotaryLow` times are divided, between them the two are mixed.
   */
  rotaryLow: { kind: 'number', least: 0.001, most: 1024, optional: true },
  rotaryHigh: { kind: 'number', least: 0.001, most: 1024, optional: true },
  rotaryLength: { kind: 'size', least: 1, most: 2 ** 20, optional: true },
} as const;

export const rotaryWords = { code: ROTARY, fields };

interface Turns {
  rotaryBase?: number | undefined;
  rotaryFactor?: number | undefined;
  rotaryLow?: number | undefined;
  rotaryHigh?: number | undefined;
  rotaryLength?: number | undefined;
}

const f32Word = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0]!;

/** Tokens, heads, heads of keys, size of a head. */
export type Heads = [tokens: number, heads: number, kvHeads: number, size: number];

/** Queries and keys, in rows with values, turn by their positions. */
export function turn(layer: Turns, dimensions: Heads, at: LayerPlace, shape: Shape): void {
  const [tokens, heads, kvHeads, size] = dimensions;
  const { rotaryBase = BASE, rotaryFactor = 1, rotaryLow = 0, rotaryHigh = 0, rotaryLength = 0 } = layer;
  const given = [rotaryLow, rotaryHigh, rotaryLength].filter((value) => value > 0).length;
  if (given % 3 || (given && Math.fround(rotaryLow) >= Math.fround(rotaryHigh))) {
    throw at.misfit(
      'rotaryLow below rotaryHigh and rotaryLength, or none of the three',
      `${rotaryLow}, ${rotaryHigh}, ${rotaryLength}`,
    );
  }
  const row = (heads + 2 * kvHeads) * size;
  at.count(tokens * size * WORK.function * 8 + 2 * tokens * row);
  const words = [rotaryBase, f32Word(rotaryFactor), f32Word(rotaryLow), f32Word(rotaryHigh), rotaryLength];
  const scratch = () => tokens * size * 4;
  at.push({ code: ROTARY, dimensions: [...dimensions, ...words], inPlace: true, scratch }, shape);
}
