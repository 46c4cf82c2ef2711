/** What a kernel did beside all it was compared with: one row of the benchmark. */
export interface BenchRow {
  kernel: string;
  /** Updates (rows), for matmul the columns of the result, for the transformer the tokens of a call, for generation those of the text. */
  n: number;
  /** Parameters of an update or of a transformer, for matmul the inner dimension. */
  d: number;
  threads: number;
  value: number;
  unit: string;
  against: { name: string; ratio: number }[];
}
