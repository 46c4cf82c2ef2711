// The exports of core.wasm. Names ending in Simd have a Scalar twin that gives the same bits; both are exported, so that
// any host can compare them.
export { heapBase } from './memory';

export { notFiniteSimd } from './vector/finite-f32-simd';
export { notFiniteScalar } from './vector/finite-f32-scalar';
export { addSimd, subtractSimd } from './vector/elementwise-f32-simd';
export { addScalar, subtractScalar } from './vector/elementwise-f32-scalar';

export { normaliseShares, equalShares } from './aggregate/shares';
export { weightedMeanSimd } from './aggregate/weighted-mean-f32-simd';
export { weightedMeanScalar } from './aggregate/weighted-mean-f32-scalar';
export { orderStatisticSimd, orderStatisticWorkspace } from './aggregate/order-statistic-f32-simd';
export { orderStatisticScalar } from './aggregate/order-statistic-f32-scalar';
export { squaredDistanceSimd } from './aggregate/distance-f64-simd';
export { squaredDistanceScalar } from './aggregate/distance-f64-scalar';
export { krum, krumWorkspace } from './aggregate/krum';
export { bulyan, bulyanWorkspace } from './aggregate/bulyan';
export { geometricMedian, geometricMedianWorkspace } from './aggregate/geometric-median';
export { normClip, normClipWorkspace } from './aggregate/norm-clip';
export { mixedTrimmedMean, mixedTrimmedMeanWorkspace } from './aggregate/nearest-neighbour-mixing';
export { adaptiveStep, narrow, widen } from './aggregate/adaptive';

export { exp, log } from './score/exp-log';
export { matmulSimd } from './score/matmul-f32-simd';
export { matmulScalar } from './score/matmul-f32-scalar';
export { packColumns, packRowsSimd } from './score/pack-f32-simd';
export { packRowsScalar } from './score/pack-f32-scalar';
export { packSampleColumnsSimd, packSampleRowsSimd } from './score/pack-bytes-simd';
export { packSampleColumnsScalar, packSampleRowsScalar } from './score/pack-bytes-scalar';
export { addBiasSimd, reluSimd } from './score/bias-relu-f32-simd';
export { addBiasScalar, reluScalar } from './score/bias-relu-f32-scalar';
export { softmaxLoss } from './score/softmax';
export { evaluate, forwardWorkspace, predict } from './score/network';

export { shuffle } from './train/random';
export { initialise } from './train/initialise';
export { sgdSimd } from './train/sgd-f32-simd';
export { sgdScalar } from './train/sgd-f32-scalar';
export { reluBackwardSimd, rowSumsSimd } from './train/backward-f32-simd';
export { reluBackwardScalar, rowSumsScalar } from './train/backward-f32-scalar';
export { trainStep, trainWorkspace } from './train/step';
