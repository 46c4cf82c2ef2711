import type { AggregateExports } from './aggregate-exports.ts';

/** A pointer into the core's memory: bytes from 0. */
export type Pointer = number;

/** Raw exports of core.wasm; see the file of each kernel in `assembly/`. Pointers and u32 come back signed: `>>> 0`. */
export interface CoreExports extends AggregateExports {
  heapBase(): Pointer;
  notFiniteSimd(values: Pointer, n: number): number;
  notFiniteScalar(values: Pointer, n: number): number;
  addSimd(a: Pointer, b: Pointer, out: Pointer, n: number): void;
  addScalar(a: Pointer, b: Pointer, out: Pointer, n: number): void;
  subtractSimd(a: Pointer, b: Pointer, out: Pointer, n: number): void;
  subtractScalar(a: Pointer, b: Pointer, out: Pointer, n: number): void;

  // Scoring and training.
  exp(x: number): number;
  log(x: number): number;
  sin(x: number): number;
  cos(x: number): number;
  functionSimd(which: number, from: Pointer, out: Pointer, n: number): void;
  functionScalar(which: number, from: Pointer, out: Pointer, n: number): void;
  matmulSimd: Matmul;
  matmulScalar: Matmul;
  /** C = A · B of plain rows, k ascending from 0. */
  matmulRowsSimd(
    a: Pointer,
    aBytes: number,
    b: Pointer,
    c: Pointer,
    rowBytes: number,
    m: number,
    k: number,
    n: number,
  ): void;
  packColumnsSimd: PackF32;
  packColumnsScalar: PackF32;
  packRowsSimd: PackF32;
  packRowsScalar: PackF32;
  /** Of a row: `levels` 127 or 7, at most `most`. */
  rowScaleSimd(values: Pointer, n: number, levels: number, most: number): number;
  rowScaleScalar(values: Pointer, n: number, levels: number, most: number): number;
  quantiseI16Simd(values: Pointer, n: number, scale: number, out: Pointer): void;
  quantiseI16Scalar(values: Pointer, n: number, scale: number, out: Pointer): void;
  packPanelSimd: PackPanel;
  packPanelScalar: PackPanel;
  matmulIntSimd: MatmulInt;
  matmulIntScalar: MatmulInt;
  bytesToF32Simd: ToF32;
  bytesToF32Scalar: ToF32;
  integersToF32Simd: ToF32;
  integersToF32Scalar: ToF32;
  addBiasSimd(values: Pointer, bias: Pointer, rows: number, width: number): void;
  addBiasScalar(values: Pointer, bias: Pointer, rows: number, width: number): void;
  scaleShiftSimd(from: Pointer, out: Pointer, n: number, scale: number, shift: number): void;
  scaleShiftScalar(from: Pointer, out: Pointer, n: number, scale: number, shift: number): void;
  activationSimd(op: number, from: Pointer, out: Pointer, n: number): void;
  activationScalar(op: number, from: Pointer, out: Pointer, n: number): void;
  normaliseRowsSimd: NormaliseRows;
  normaliseRowsScalar: NormaliseRows;
  softmaxRowSimd(from: Pointer, out: Pointer, n: number, scale: number): void;
  softmaxRowScalar(from: Pointer, out: Pointer, n: number, scale: number): void;
  evaluate(
    program: Pointer,
    parameters: Pointer,
    inputs: Pointer,
    targets: Pointer,
    index: Pointer,
    samples: number,
    top: number,
    score: Pointer,
    workspace: Pointer,
  ): void;
  rowLosses(
    program: Pointer,
    parameters: Pointer,
    inputs: Pointer,
    targets: Pointer,
    index: Pointer,
    samples: number,
    out: Pointer,
    workspace: Pointer,
  ): void;
  predict(
    program: Pointer,
    parameters: Pointer,
    inputs: Pointer,
    index: Pointer,
    samples: number,
    raw: number,
    out: Pointer,
    workspace: Pointer,
  ): number;
  extend(
    program: Pointer,
    parameters: Pointer,
    tokens: Pointer,
    index: Pointer,
    rows: number,
    runs: Pointer,
    runCount: number,
    workspace: Pointer,
  ): number;
  aurocHalfPairs(scores: Pointer, labels: Pointer, n: number, keys: Pointer): bigint;
  applyLora(
    weight: Pointer,
    a: Pointer,
    b: Pointer,
    outputs: number,
    inputs: number,
    rank: number,
    scale: number,
    scratch: Pointer,
  ): void;

  shuffle(state: Pointer, index: Pointer, n: number): void;
  uniform(state: Pointer, boundSquared: number, n: number, out: Pointer): void;
  sgdSimd: Sgd;
  sgdScalar: Sgd;
  adamSimd: Adam;
  adamScalar: Adam;
  activationBackwardSimd: ActivationBackward;
  activationBackwardScalar: ActivationBackward;
  softmaxBackwardSimd(p: Pointer, delta: Pointer, out: Pointer, n: number, scale: number): void;
  softmaxBackwardScalar(p: Pointer, delta: Pointer, out: Pointer, n: number, scale: number): void;
  columnSumsSimd(values: Pointer, rows: number, width: number, rowBytes: number, out: Pointer): void;
  columnSumsScalar(values: Pointer, rows: number, width: number, rowBytes: number, out: Pointer): void;
  sumSimd(values: Pointer, n: number): number;
  sumScalar(values: Pointer, n: number): number;
  gradients(
    program: Pointer,
    parameters: Pointer,
    gradient: Pointer,
    inputs: Pointer,
    targets: Pointer,
    index: Pointer,
    samples: number,
    workspace: Pointer,
  ): number;

  quantiseSimd: Quantise;
  quantiseScalar: Quantise;
  dequantiseSimd: Quantise;
  dequantiseScalar: Quantise;
  int8SumSimd: Int8Sum;
  int8SumScalar: Int8Sum;
  int8Mean(sums: Pointer, n: number, scale: number, total: number, out: Pointer): void;
  topK(source: Pointer, n: number, k: number, indices: Pointer, values: Pointer, workspace: Pointer): void;
  scatter(indices: Pointer, values: Pointer, k: number, out: Pointer, n: number): void;
  clearAt(indices: Pointer, k: number, values: Pointer): void;
  chacha20Block(key: Pointer, counter: number, out: Pointer): void;
  clipNorm(values: Pointer, n: number, clip: number): number;
  addGaussian(values: Pointer, n: number, sigma: number, key: Pointer, workspace: Pointer): void;
}

/** values and scales in, or scales in and values out. */
type Quantise = (from: Pointer, channels: number, length: number, scales: Pointer, to: Pointer) => void;
type Int8Sum = (rows: Pointer, weights: Pointer, n: number, first: number, d: number, out: Pointer) => void;
/** `onto`: add to C's values; `panelBytes`: distance of B's panels, k · 32 where 0. */
type Matmul = (
  a: Pointer,
  rowStride: number,
  colStride: number,
  b: Pointer,
  c: Pointer,
  rowBytes: number,
  m: number,
  k: number,
  n: number,
  onto: number,
  panelBytes: number,
) => void;
type PackPanel = (
  rows: Pointer,
  n: number,
  bias: Pointer,
  k: number,
  group: number,
  bits: number,
  out: Pointer,
  quanta: Pointer,
) => void;
/** The scalar twin needs no scratch. */
type MatmulInt = (
  rows: Pointer,
  rowBytes: number,
  scales: Pointer,
  panels: Pointer,
  out: Pointer,
  outBytes: number,
  m: number,
  k: number,
  n: number,
  group: number,
  bits: number,
  scratch: Pointer,
) => void;
type PackF32 = (source: Pointer, rowBytes: number, k: number, n: number, out: Pointer) => void;
type ToF32 = (samples: Pointer, features: number, index: Pointer, count: number, out: Pointer) => void;
type NormaliseRows = (
  from: Pointer,
  out: Pointer,
  rows: number,
  width: number,
  centred: number,
  epsilon: number,
  weight: Pointer,
  bias: Pointer,
) => void;
type ActivationBackward = (op: number, delta: Pointer, x: Pointer, out: Pointer, n: number) => void;
type Sgd = (w: Pointer, v: Pointer, g: Pointer, n: number, rate: number, momentum: number) => void;
type Adam = (
  w: Pointer,
  m: Pointer,
  v: Pointer,
  g: Pointer,
  n: number,
  rate: number,
  beta1: number,
  beta2: number,
  epsilon: number,
  correction1: number,
  correction2: number,
) => void;
