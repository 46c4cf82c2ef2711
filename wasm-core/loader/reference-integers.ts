// Integer products in plain loops over f64, each rounded by itself: what tests hold the core against, to the bit.

const FLOOR = 2 ** -51;
const kept = (x: number): number => (Math.abs(x) < FLOOR ? 0 : x);

/** To nearest, ties to even. */
function nearest(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}

export interface Quantised {
  quanta: number[];
  scale: number;
}

/** Of finite values; `levels` 127 or 7. Scales stay below what levels times would take beyond f32. */
export function quantised(values: readonly number[], levels: number): Quantised {
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(kept(value))), 0);
  const most = Math.fround(levels === 127 ? 2.6793883890187504e36 : 4.861176380550412e37);
  const scale = largest === 0 ? 1 : Math.min(Math.fround(largest / levels), most);
  return { quanta: values.map((value) => nearest(Math.fround(kept(value) / scale))), scale };
}

export interface MatrixShape {
  inputs: number;
  outputs: number;
  group: number;
  levels: number;
}

/** One row of `inputs` f32 times weights [outputs][inputs], plus a bias an output. */
export function productOf(
  row: readonly number[],
  weights: ArrayLike<number>,
  bias: ((output: number) => number) | undefined,
  { inputs, outputs, group, levels }: MatrixShape,
): number[] {
  const activation = quantised(row, 127);
  return Array.from({ length: outputs }, (_, output) => {
    let sum = 0;
    for (let from = 0; from < inputs; from += group) {
      const to = Math.min(inputs, from + group);
      const values = Array.from({ length: to - from }, (_, l) => weights[output * inputs + from + l]!);
      const { quanta, scale } = quantised(values, levels);
      const dot = quanta.reduce((total, quantum, l) => total + quantum * activation.quanta[from + l]!, 0);
      sum = Math.fround(sum + Math.fround(Math.fround(dot) * scale));
    }
    return kept(Math.fround(Math.fround(kept(sum) * activation.scale) + (bias ? kept(bias(output)) : 0)));
  });
}

/** A row of a table as integers give it back. */
export function rowOf(table: ArrayLike<number>, row: number, { inputs, group, levels }: MatrixShape): number[] {
  const values = Array.from({ length: inputs }, (_, l) => table[row * inputs + l]!);
  return values.flatMap((_, l) => {
    if (l % group !== 0) return [];
    const { quanta, scale } = quantised(values.slice(l, l + group), levels);
    return quanta.map((quantum) => kept(Math.fround(quantum * scale)));
  });
}

/** What an adapter A [rank][inputs], B [outputs][rank] adds to a row's product. */
export function adapted(
  row: readonly number[],
  product: readonly number[],
  { a, b, scale }: { a: ArrayLike<number>; b: ArrayLike<number>; scale: number },
): number[] {
  const sums = (of: ArrayLike<number>, by: readonly number[], count: number): number[] =>
    Array.from({ length: count }, (_, output) => {
      const each = by.map((value, l) => Math.fround(value * kept(of[output * by.length + l]!)));
      return kept(each.reduce((sum, term) => Math.fround(sum + term), 0));
    });
  const low = sums(a, row, a.length / row.length);
  return sums(b, low, product.length).map((added, output) =>
    kept(Math.fround(product[output]! + kept(Math.fround(added * kept(Math.fround(scale)))))),
  );
}
