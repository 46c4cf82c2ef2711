import { adaptive } from './adaptive.ts';
import { attributedMean } from './attributed-mean/attributed-mean.ts';
import { attributedRule } from './attributed-mean/attributed-rule.ts';
import { aggregate } from './aggregate.ts';
import { combine } from './combine.ts';
import { gradient } from './gradient.ts';
import { copyFinite, requireF32 } from './arguments.ts';
import { codecOf } from './codec.ts';
import { isCoreError } from './errors.ts';
import { instantiate } from './instantiate.ts';
import { checkLayers } from './check-layers.ts';
import { applyLora } from './lora.ts';
import { auroc, evaluate, initialise, measure, outputs, predict } from './network.ts';
import { rowLosses } from './row-losses.ts';
import { session, sessionBytes } from './session.ts';
import { train } from './train.ts';
import type { LoadOptions } from './load-options.ts';
import type { Core } from './types.ts';

export { arithmetics, nameOfArithmetic, type Arithmetic } from './arithmetic.ts';
export type { Codec, Quantised, Sparse } from './codec-types.ts';
export { coreErrors, isCoreError, type CoreErrorCode } from './errors.ts';
export type { Hex, LoadOptions } from './load-options.ts';
export { MAX_SIZE, type Field, type Fields } from './fields.ts';
export { MAX_HELD_BYTES } from './held-rows.ts';
export { layerTypes } from './layers/index.ts';
export { LOSS_CAP, lossOf, lossTypes } from './losses.ts';
export { limits as networkLimits } from './network-parts.ts';
export { loraMatrices, loraTensors, type LoraMatrix } from './lora.ts';
export { bitsPerByte, metrics } from './metrics.ts';
export { MAX_SAMPLES } from './samples.ts';
export { networkLayout } from './network.ts';
export { mostOfShardRule } from './attributed-mean/attributed-mean.ts';
export { mostOfRule } from './attributed-mean/attributed-rule.ts';
export { checkAttributionVectors } from './attributed-mean/vectors.ts';
export type { Attribution, AttributionParameters, RuleAttributionParameters } from './attributed-mean/types.ts';
export { composePrivacy, noiseFor, privacySpent } from './privacy/spent.ts';
export type { Accountant, PrivacySpent } from './privacy/spent.ts';
export type { Release } from './privacy/release.ts';
export { GRADIENT_SAMPLES } from './gradient.ts';
export { MAX_BATCH, requireTrainable } from './train.ts';
export { checkAggregateVectors, type VectorReport } from './vectors.ts';
export { MAX_UPDATES, type AggregateOptions, type Aggregation, type RowSource } from './aggregate-types.ts';
export { byzantineBound, leastUpdates, MAX_PRE, type Rule } from './check-rule.ts';
export type { Parameter, Parameters } from './parameters.ts';
export { preAggregators, type PreAggregator } from './pre-aggregators/index.ts';
export { rules, shardRules, type DocumentBareRule, type ShardRule } from './rules/index.ts';
export { suitedRule } from './suited-rule.ts';
export { withinF32 } from './within-f32.ts';
export {
  featureTypes,
  inputKinds,
  integerType,
  targetTypes,
  valueTypeOf,
  valueTypes,
  type FeatureType,
  type InputKind,
  type TargetType,
  type Values,
  type ValueType,
} from './values.ts';
export { serverOptimisers, type AdaptiveParameters } from './server-optimisers.ts';
export type {
  Core,
  EvaluateParameters,
  Evaluation,
  Inputs,
  Labels,
  Layer,
  Loss,
  NetworkLayout,
  TensorLayout,
  PredictParameters,
  Session,
  SessionBytes,
  SessionText,
  TrainParameters,
} from './types.ts';

/** Loads core.wasm in any host: Node, page or worker. */
export async function loadCore(wasm: BufferSource, options?: LoadOptions): Promise<Core> {
  const instance = await instantiate(wasm, options);
  return {
    sha256: instance.sha256,
    get threads() {
      return instance.threads.count;
    },
    codec: codecOf(instance),
    close: () => instance.threads.close(),
    parameterCount: (layers) => checkLayers(layers).parameterCount,
    initialise: (layers, seed) => initialise(instance, layers, seed),
    evaluate: (a) => evaluate(instance, a),
    measure: (a) => measure(instance, a),
    rowLosses: (a) => rowLosses(instance, a),
    gradient: (a) => gradient(instance, a),
    predict: (a) => predict(instance, a),
    outputs: (a) => outputs(instance, a),
    session: (a) => session(instance, a),
    sessionBytes: (layers) => sessionBytes(instance, layers),
    auroc: (scores, labels) => auroc(instance, scores, labels),
    train: (a) => train(instance, a),
    applyLora: (a) => applyLora(instance, a),
    aggregate: (rule, updates, options) => aggregate(instance, rule, updates, options),
    attributedMean: (a) => attributedMean(instance, a),
    attributedRule: (rule, a) => attributedRule(instance, rule, a),
    adaptive: (a) => adaptive(instance, a),
    add: (a, b) => combine(instance, 'addSimd', a, b),
    subtract: (a, b) => combine(instance, 'subtractSimd', a, b),
    isFinite: (v) =>
      instance.arena.scope(() => {
        try {
          copyFinite(instance.arena, instance.exports, 'v', requireF32('v', v));
          return true;
        } catch (error) {
          if (isCoreError(error) && error.code === 'CORE_NOT_FINITE') return false;
          throw error;
        }
      }),
  };
}
