// The exports of core.wasm. Names ending in Simd have a Scalar twin that gives the same bits; both are exported, so that
// any host can compare them.
export { heapBase } from './memory';

export { notFiniteSimd } from './vector/finite-f32-simd';
export { notFiniteScalar } from './vector/finite-f32-scalar';
export { addSimd, subtractSimd } from './vector/elementwise-f32-simd';
export { addScalar, subtractScalar } from './vector/elementwise-f32-scalar';

export { accumulateSimd } from './vector/accumulate-f64-simd';
export { accumulateScalar, squareRoot } from './vector/accumulate-f64-scalar';
export { floorSimd } from './vector/floor-f32-simd';
export { floorScalar, scaleBy } from './vector/floor-f32-scalar';

export { addTotals, blockColumns, segmentColumns } from './aggregate/blocks';
export { normaliseShares } from './aggregate/share';
export { weightedMeanSimd } from './aggregate/weighted-mean-f32-simd';
export { weightedMeanScalar } from './aggregate/weighted-mean-f32-scalar';
export { orderStatisticSimd, orderStatisticWorkspace } from './aggregate/order-statistic-f32-simd';
export { orderStatisticScalar } from './aggregate/order-statistic-f32-scalar';
export { nearestMeanSimd, nearestMeanWorkspace } from './aggregate/nearest-mean-f64-simd';
export { nearestMeanScalar } from './aggregate/nearest-mean-f64-scalar';
export { gramSimd, squaredNormsSimd } from './aggregate/gram-f32-simd';
export { gramScalar, squaredNormsScalar } from './aggregate/gram-f32-scalar';
export { squaredDistancesSimd } from './aggregate/distance-f64-simd';
export { squaredDistancesScalar } from './aggregate/distance-f64-scalar';
export { windowParts, windowPartsWorkspace } from './aggregate/window-parts';
export { rowProductsSimd } from './aggregate/row-products-f64-simd';
export { rowProductsScalar } from './aggregate/row-products-f64-scalar';
export {
  correctDistances,
  distancesFromGram,
  mixGeometry,
  mixWorkspace,
  product,
  rescaleGram,
  scaleGeometry,
} from './aggregate/geometry';
export { adaptiveClipFactors, clipFactors } from './aggregate/clipping';
export { bucketWeights, nearestNeighbourWeights } from './aggregate/mixing';
export { krum, krumWorkspace } from './aggregate/krum';
export { bulyanSelect } from './aggregate/bulyan';
export { minimumDiameter, minimumDiameterIsExact, minimumDiameterWorkspace } from './aggregate/minimum-diameter';
export { geometricMedian, geometricMedianWorkspace } from './aggregate/geometric-median';
export { centredClip } from './aggregate/centred-clip';
export { narrow, serverStep, widen } from './aggregate/server-optimiser';

// Scoring and training.
export { exp, log } from './score/exp-log';
export { cos, sin } from './score/sin-cos';
export { functionSimd } from './score/math-f32-simd';
export { functionScalar } from './score/math-f32-scalar';
export { matmulSimd } from './score/matmul-f32-simd';
export { matmulScalar } from './score/matmul-f32-scalar';
export { packColumnsSimd, packRowsSimd } from './score/pack-f32-simd';
export { packColumnsScalar, packRowsScalar } from './score/pack-f32-scalar';
export { rowScaleSimd, quantiseI16Simd } from './score/quantise-i16-simd';
export { rowScaleScalar, quantiseI16Scalar } from './score/quantise-i16-scalar';
export { packPanelSimd } from './score/pack-int-simd';
export { packPanelScalar } from './score/pack-int-scalar';
export { matmulIntSimd } from './score/matmul-int-simd';
export { matmulIntScalar } from './score/matmul-int-scalar';
export { bytesToF32Simd } from './score/bytes-f32-simd';
export { bytesToF32Scalar } from './score/bytes-f32-scalar';
export { integersToF32Simd } from './score/integers-f32-simd';
export { integersToF32Scalar } from './score/integers-f32-scalar';
export { addBiasSimd, scaleShiftSimd } from './score/bias-f32-simd';
export { addBiasScalar, scaleShiftScalar } from './score/bias-f32-scalar';
export { activationSimd } from './score/activation-f32-simd';
export { activationScalar } from './score/activation-f32-scalar';
export { normaliseRowsSimd } from './score/norm-f32-simd';
export { normaliseRowsScalar } from './score/norm-f32-scalar';
export { softmaxRowSimd } from './score/softmax-f32-simd';
export { softmaxRowScalar } from './score/softmax-f32-scalar';
export { evaluate, predict, rowLosses } from './score/network';
export { matmulRowsSimd } from './score/matmul-rows-f32-simd';
export { extend } from './score/session';
export { aurocHalfPairs } from './score/auroc';
export { applyLora } from './score/lora';

export { shuffle } from './train/random';
export { uniform } from './train/initialise';
export { sgdSimd } from './train/sgd-f32-simd';
export { sgdScalar } from './train/sgd-f32-scalar';
export { adamSimd } from './train/adam-f32-simd';
export { adamScalar } from './train/adam-f32-scalar';
export { activationBackwardSimd } from './train/activation-backward-f32-simd';
export { activationBackwardScalar } from './train/activation-backward-f32-scalar';
export { softmaxBackwardSimd } from './train/softmax-backward-f32-simd';
export { softmaxBackwardScalar } from './train/softmax-backward-f32-scalar';
export { columnSumsSimd, sumSimd } from './train/sums-f32-simd';
export { columnSumsScalar, sumScalar } from './train/sums-f32-scalar';
export { gradients } from './train/backward';

export { quantiseSimd, dequantiseSimd } from './codec/quantise-i8-simd';
export { quantiseScalar, dequantiseScalar } from './codec/quantise-i8-scalar';
export { int8SumSimd, int8Mean } from './codec/int8-sum-simd';
export { int8SumScalar } from './codec/int8-sum-scalar';
export { topK, scatter, clearAt } from './codec/top-k';
export { chacha20Block } from './codec/chacha20';
export { clipNorm, addGaussian } from './codec/gaussian';
