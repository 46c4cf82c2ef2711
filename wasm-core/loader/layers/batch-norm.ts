import { WORK } from '../network-parts.ts';
import { describeShape, product } from '../shape.ts';
import { defineLayer } from './layer-type.ts';
import { epsilonWord, normExample, normFields } from './normalisation.ts';

const BATCH_NORM = 8;

/** With the running statistics, also while training. */
export const batchNorm = defineLayer({
  name: 'batch-norm',
  fields: normFields,
  place: 'inside',
  operations: { BATCH_NORM },
  example: normExample('batch-norm'),
  build: ({ features, epsilon }, at) => {
    const { shape } = at;
    if (shape.length === 2 || shape[0] !== features) throw at.misfit(`${features} features`, describeShape(shape));
    const parameters = at.tensor('.weight', [features], { value: 1 });
    at.tensor('.bias', [features], { value: 0 });
    at.tensor('.running_mean', [features], { value: 0 });
    at.tensor('.running_var', [features], { value: 1 });
    const size = product(shape);
    at.count(4 * size + features * WORK.row);
    const dimensions = [features, size / features, epsilonWord(epsilon)];
    at.push({ code: BATCH_NORM, dimensions, parameters, inPlace: true }, shape);
  },
});
