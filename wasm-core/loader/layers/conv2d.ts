import { flag, size } from '../fields.ts';
import { panels, WORK } from '../network-parts.ts';
import { flags } from '../program.ts';
import { defineLayer } from './layer-type.ts';
import { requireImage, slide } from './window.ts';

const CONV = 5;
/** Patches that are gathered at once: 256 KiB. */
const BLOCK_VALUES = 65_536;

/** Sizes are [height, width]; stride 1, no padding and one group unless given. */
export const conv2d = defineLayer({
  name: 'conv2d',
  fields: {
    inputs: size,
    outputs: size,
    kernel: { kind: 'pair', least: 1 },
    stride: { kind: 'pair', least: 1, optional: true },
    padding: { kind: 'pair', least: 0, optional: true },
    groups: { kind: 'size', least: 1, optional: true },
    bias: flag,
  },
  place: 'inside',
  operations: { CONV },
  example: [
    { type: 'image', channels: 2, height: 5, width: 4 },
    { type: 'conv2d', inputs: 2, outputs: 4, kernel: [3, 2], stride: [2, 1], padding: [1, 0], groups: 2 },
    { type: 'flatten' },
    { type: 'dense', inputs: 36, outputs: 3 },
  ],
  build: ({ inputs, outputs, kernel, groups = 1, bias = true, ...window }, at) => {
    const { stride = [1, 1], padding = [0, 0] } = window;
    const [channels, height, width] = requireImage(at);
    if (inputs !== channels) throw at.misfit(`${channels} input channels`, `${inputs}`);
    if (channels % groups || outputs % groups) throw at.misfit('channels that groups divide', `${groups} groups`);
    const [outHeight, outWidth] = slide(at, [height, width], { kernel, stride, padding });
    const depth = (channels / groups) * kernel[0] * kernel[1];
    const parameters = at.tensor('.weight', [outputs, channels / groups, ...kernel], { boundSquared: 6 / depth });
    if (bias) at.tensor('.bias', [outputs], { value: 0 });
    const block = Math.min(outHeight, Math.max(1, Math.floor(BLOCK_VALUES / (depth * outWidth))));
    const pixels = block * outWidth;
    // Of each group and block: products, patches with their rows, and their panels.
    const gather = depth * block * (outWidth + WORK.row) + depth * panels(pixels) + WORK.group;
    at.count(Math.ceil(outHeight / block) * (outputs * depth * panels(pixels) + groups * gather));
    const backward = Math.max(panels(depth) * pixels, (panels(pixels) * outputs) / groups);
    const image = [channels, height, width, outputs];
    at.push(
      {
        code: CONV,
        dimensions: [...image, ...kernel, ...stride, ...padding, groups, outHeight, outWidth, block],
        parameters,
        flags: bias ? flags.bias : 0,
        scratch: (_, training) => 4 * (depth * pixels + Math.max(panels(pixels) * depth, training ? backward : 0)),
      },
      [outputs, outHeight, outWidth],
    );
  },
});
