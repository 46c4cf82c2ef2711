import { describeShape } from '../shape.ts';
import { defineLayer } from './layer-type.ts';

const ADD = 19;

/** x + layers(x), or shortcut(x) + layers(x): a projection where the shape changes (He et al., "Deep Residual Learning", 2016). */
export const residual = defineLayer({
  name: 'residual',
  fields: { layers: { kind: 'layers' }, shortcut: { kind: 'layers', optional: true } },
  place: 'inside',
  operations: { ADD },
  example: [
    { type: 'dense', inputs: 5, outputs: 4 },
    { type: 'residual', layers: [{ type: 'dense', inputs: 4, outputs: 4 }, { type: 'tanh' }] },
    { type: 'dense', inputs: 4, outputs: 3 },
  ],
  build: ({ layers, shortcut }, at) => {
    const { value: second, shape } = at.branch('layers', layers);
    const other = shortcut === undefined ? undefined : at.branch('shortcut', shortcut);
    const wanted = other?.shape ?? at.shape;
    if (shape.join() !== wanted.join()) {
      const how = other ? 'layers that end in the shape of the shortcut' : 'layers that keep the shape';
      throw at.misfit(`${how} ${describeShape(wanted)}`, describeShape(shape));
    }
    at.push({ code: ADD, dimensions: [], inPlace: true, first: other?.value, second }, shape);
  },
});
