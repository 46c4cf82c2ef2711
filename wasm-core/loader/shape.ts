/** What one sample is between two layers. */
export type Shape =
  [features: number] | [tokens: number, width: number] | [channels: number, height: number, width: number];

export function product(shape: readonly number[]): number {
  return shape.reduce((all, one) => all * one, 1);
}

export function describeShape(shape: readonly number[]): string {
  return `[${shape.join(', ')}]`;
}

/** Rows of the last dimension, where that is features or the width of tokens. */
export function rowsAndWidth(shape: Shape): [rows: number, width: number] {
  return [shape.length === 2 ? shape[0] : 1, shape.at(-1)!];
}
