/** A pointer into the core's memory: bytes from 0. */
export type Pointer = number;

/** Raw exports of core.wasm; see the file of each kernel in `assembly/`. Pointers and u32 come back signed: `>>> 0`. */
export interface CoreExports {
  heapBase(): Pointer;
  notFiniteSimd(values: Pointer, n: number): number;
  notFiniteScalar(values: Pointer, n: number): number;
  addSimd(a: Pointer, b: Pointer, out: Pointer, n: number): void;
  addScalar(a: Pointer, b: Pointer, out: Pointer, n: number): void;
  subtractSimd(a: Pointer, b: Pointer, out: Pointer, n: number): void;
  subtractScalar(a: Pointer, b: Pointer, out: Pointer, n: number): void;

  normaliseShares(weights: Pointer, n: number): void;
  equalShares(shares: Pointer, n: number): void;
  weightedMeanSimd(rows: Pointer, shares: Pointer, n: number, d: number, out: Pointer, workspace: Pointer): void;
  weightedMeanScalar(rows: Pointer, shares: Pointer, n: number, d: number, out: Pointer): void;
  orderStatisticWorkspace(n: number): number;
  orderStatisticSimd: OrderStatistic;
  orderStatisticScalar: OrderStatistic;
  squaredDistanceSimd(a: Pointer, b: Pointer, n: number): number;
  squaredDistanceScalar(a: Pointer, b: Pointer, n: number): number;
  krumWorkspace(n: number): number;
  krum(
    rows: Pointer,
    n: number,
    d: number,
    byzantine: number,
    select: number,
    out: Pointer,
    selected: Pointer,
    workspace: Pointer,
  ): void;
  bulyanWorkspace(n: number): number;
  bulyan(
    rows: Pointer,
    n: number,
    d: number,
    byzantine: number,
    out: Pointer,
    selected: Pointer,
    workspace: Pointer,
  ): void;
  geometricMedianWorkspace(n: number, d: number): number;
  geometricMedian(rows: Pointer, n: number, d: number, out: Pointer, workspace: Pointer): void;
  normClipWorkspace(n: number): number;
  normClip(rows: Pointer, n: number, d: number, clip: number, out: Pointer, workspace: Pointer): void;
  mixedTrimmedMeanWorkspace(n: number, d: number): number;
  mixedTrimmedMean(
    rows: Pointer,
    n: number,
    d: number,
    byzantine: number,
    trim: number,
    out: Pointer,
    workspace: Pointer,
  ): void;
  adaptiveStep(
    x: Pointer,
    m: Pointer,
    v: Pointer,
    delta: Pointer,
    d: number,
    yogi: number,
    rate: number,
    beta1: number,
    beta2: number,
    tau: number,
  ): void;
  widen(from: Pointer, to: Pointer, n: number): void;
  narrow(from: Pointer, to: Pointer, n: number): void;

  exp(x: number): number;
  log(x: number): number;
  matmulSimd: Matmul;
  matmulScalar: Matmul;
  packColumns: PackF32;
  packRowsSimd: PackF32;
  packRowsScalar: PackF32;
  packSampleColumnsSimd: PackSamples;
  packSampleColumnsScalar: PackSamples;
  packSampleRowsSimd: PackSamples;
  packSampleRowsScalar(
    samples: Pointer,
    features: number,
    index: Pointer,
    count: number,
    out: Pointer,
    first: number,
  ): void;
  addBiasSimd(values: Pointer, bias: Pointer, outputs: number, ld: number): void;
  addBiasScalar(values: Pointer, bias: Pointer, outputs: number, ld: number): void;
  reluSimd(values: Pointer, n: number): void;
  reluScalar(values: Pointer, n: number): void;
  softmaxLoss(logits: Pointer, classes: number, ld: number, labels: Pointer, count: number, correct: Pointer): bigint;
  forwardWorkspace(layers: Pointer, layerCount: number, samples: number): number;
  evaluate(
    layers: Pointer,
    layerCount: number,
    parameters: Pointer,
    inputs: Pointer,
    labels: Pointer,
    samples: number,
    correct: Pointer,
    workspace: Pointer,
  ): bigint;
  predict(
    layers: Pointer,
    layerCount: number,
    parameters: Pointer,
    inputs: Pointer,
    samples: number,
    out: Pointer,
    workspace: Pointer,
  ): number;

  shuffle(state: Pointer, index: Pointer, n: number): void;
  initialise(layers: Pointer, layerCount: number, state: Pointer, parameters: Pointer): void;
  sgdSimd: Sgd;
  sgdScalar: Sgd;
  reluBackwardSimd(delta: Pointer, activation: Pointer, n: number): void;
  reluBackwardScalar(delta: Pointer, activation: Pointer, n: number): void;
  rowSumsSimd(values: Pointer, rows: number, ld: number, out: Pointer): void;
  rowSumsScalar(values: Pointer, rows: number, ld: number, out: Pointer): void;
  trainWorkspace(layers: Pointer, layerCount: number, batch: number): number;
  trainStep(
    layers: Pointer,
    layerCount: number,
    parameters: Pointer,
    velocity: Pointer,
    gradient: Pointer,
    total: number,
    inputs: Pointer,
    labels: Pointer,
    index: Pointer,
    batch: number,
    rate: number,
    momentum: number,
    workspace: Pointer,
  ): number;
}

type OrderStatistic = (
  rows: Pointer,
  n: number,
  d: number,
  low: number,
  high: number,
  out: Pointer,
  workspace: Pointer,
) => void;
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
) => void;
type PackF32 = (source: Pointer, rowBytes: number, k: number, n: number, out: Pointer) => void;
type PackSamples = (samples: Pointer, features: number, index: Pointer, count: number, out: Pointer) => void;
type Sgd = (w: Pointer, v: Pointer, g: Pointer, n: number, rate: number, momentum: number) => void;
