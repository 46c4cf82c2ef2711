type Pointer = number;

/** Raw exports of assembly/vector and assembly/aggregate. Ranges of columns [from, to) split as blocks.ts says. */
export interface AggregateExports {
  floorSimd(values: Pointer, n: number): number;
  floorScalar(values: Pointer, n: number): number;
  scaleBy(values: Pointer, n: number, factor: number): void;
  accumulateSimd(into: Pointer, values: Pointer, n: number, weight: number): void;
  accumulateScalar(into: Pointer, values: Pointer, n: number, weight: number): void;
  squareRoot(x: number): number;

  addTotals(into: Pointer, from: Pointer, n: number): void;
  blockColumns(): number;
  segmentColumns(): number;
  normaliseShares(weights: Pointer, n: number): void;
  weightedMeanSimd: WeightedMean;
  weightedMeanScalar: WeightedMean;
  orderStatisticWorkspace(n: number): number;
  orderStatisticSimd: OrderStatistic;
  orderStatisticScalar: OrderStatistic;
  nearestMeanWorkspace(n: number): number;
  nearestMeanSimd: NearestMean;
  nearestMeanScalar: NearestMean;
  gramSimd: Gram;
  gramScalar: Gram;
  squaredNormsSimd: Gram;
  squaredNormsScalar: Gram;
  squaredDistancesSimd: SquaredDistances;
  squaredDistancesScalar: SquaredDistances;
  windowPartsWorkspace(m: number, count: number): number;
  windowParts(
    values: Pointer,
    counts: Pointer,
    m: number,
    low: number,
    high: number,
    keep: number,
    updates: Pointer,
    weights: Pointer,
    n: number,
    slopes: Pointer,
    from: number,
    to: number,
    sums: Pointer,
    workspace: Pointer,
  ): void;
  rowProductsSimd: RowProducts;
  rowProductsScalar: RowProducts;

  rescaleGram(gram: Pointer, scales: Pointer, n: number): void;
  distancesFromGram(gram: Pointer, n: number, distances: Pointer, pairs: Pointer): number;
  correctDistances(distances: Pointer, n: number, pairs: Pointer, count: number, sums: Pointer): void;
  mixWorkspace(made: number, n: number): number;
  mixGeometry(
    weights: Pointer,
    made: number,
    gram: Pointer,
    distances: Pointer,
    n: number,
    gramOut: Pointer,
    distancesOut: Pointer,
    workspace: Pointer,
  ): void;
  scaleGeometry(gram: Pointer, distances: Pointer, n: number, factors: Pointer): void;
  product(a: Pointer, b: Pointer, m: number, k: number, n: number, out: Pointer): void;
  clipFactors(gram: Pointer, n: number, radius: number, factors: Pointer): void;
  adaptiveClipFactors(gram: Pointer, n: number, byzantine: number, factors: Pointer): void;
  nearestNeighbourWeights(distances: Pointer, n: number, byzantine: number, weights: Pointer, workspace: Pointer): void;
  bucketWeights(n: number, size: number, state: Pointer, weights: Pointer, workspace: Pointer): void;
  krumWorkspace(n: number): number;
  krum(distances: Pointer, n: number, byzantine: number, select: number, shares: Pointer, workspace: Pointer): void;
  bulyanSelect(distances: Pointer, n: number, byzantine: number, selected: Pointer, workspace: Pointer): void;
  minimumDiameterWorkspace(n: number): number;
  minimumDiameterIsExact(n: number, byzantine: number): number;
  minimumDiameter(distances: Pointer, n: number, byzantine: number, shares: Pointer, workspace: Pointer): void;
  geometricMedianWorkspace(n: number): number;
  geometricMedian(gram: Pointer, distances: Pointer, n: number, shares: Pointer, workspace: Pointer): void;
  centredClip(gram: Pointer, n: number, radius: number, steps: number, shares: Pointer, workspace: Pointer): void;

  serverStep(
    x: Pointer,
    m: Pointer,
    v: Pointer,
    delta: Pointer,
    from: number,
    to: number,
    kind: number,
    rate: number,
    beta1: number,
    beta2: number,
    tau: number,
  ): void;
  widen(from: Pointer, to: Pointer, n: number): void;
  narrow(from: Pointer, to: Pointer, n: number): void;
}

type WeightedMean = (rows: Pointer, shares: Pointer, n: number, from: number, to: number, out: Pointer) => void;
type OrderStatistic = (
  rows: Pointer,
  n: number,
  from: number,
  to: number,
  low: number,
  high: number,
  out: Pointer,
  workspace: Pointer,
) => void;
type NearestMean = (
  rows: Pointer,
  n: number,
  from: number,
  to: number,
  keep: number,
  out: Pointer,
  workspace: Pointer,
) => void;
type Gram = (rows: Pointer, n: number, from: number, to: number, gram: Pointer) => void;
type SquaredDistances = (rows: Pointer, pairs: Pointer, count: number, from: number, to: number, sums: Pointer) => void;
type RowProducts = (
  rows: Pointer,
  n: number,
  others: Pointer,
  k: number,
  squares: number,
  from: number,
  to: number,
  sums: Pointer,
) => void;
