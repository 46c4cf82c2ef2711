import { defineLayer } from './layer-type.ts';
import { normaliseRows, normExample, normFields } from './normalisation.ts';

const LAYER_NORM = 9;

export const layerNorm = defineLayer({
  name: 'layer-norm',
  fields: normFields,
  place: 'inside',
  operations: { LAYER_NORM },
  example: normExample('layer-norm'),
  build: (layer, at) => normaliseRows(layer, at, LAYER_NORM, true),
});
