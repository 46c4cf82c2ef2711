import { defineLayer } from './layer-type.ts';
import { normaliseRows, normExample, normFields } from './normalisation.ts';

const RMS_NORM = 10;

export const rmsNorm = defineLayer({
  name: 'rms-norm',
  fields: normFields,
  place: 'inside',
  operations: { RMS_NORM },
  example: normExample('rms-norm'),
  build: (layer, at) => normaliseRows(layer, at, RMS_NORM, false),
});
