// Work that networks are counted as, in units a nanosecond of one core: `node wasm-core/bench/work.ts`. Each row is a network
// that does as much as it can of one thing; none may fall below 1 (`WORK` in loader/network-parts.ts).
import { fileURLToPath } from 'node:url';
import { checkLayers } from '../loader/check-layers.ts';
import { loadNodeCore } from '../loader/node.ts';
import type { Core, Layer } from '../loader/types.ts';

const dense = (inputs: number, outputs: number): Layer => ({ type: 'dense', inputs, outputs });
const times = (count: number, ...layers: Layer[]): Layer[] => Array.from({ length: count }, () => layers).flat();
const values = (layer: Layer): Layer[] => [dense(1, 4096), ...times(60, layer), dense(4096, 2)];
const tokens = (length: number, width: number, layers: Layer[] = [], vocabulary = 256): Layer[] => [
  { type: 'embedding', vocabulary, length, width },
  ...layers,
  dense(width, vocabulary),
];
const texts = (length: number, width: number, layers: Layer[] = [], vocabulary = 256): Layer[] => [
  { type: 'embedding', vocabulary, length, width, padding: 0 },
  ...layers,
  { type: 'pooling', mode: 'mean' },
  dense(width, 2),
];
const image = (channels: number, side: number, layers: Layer[], outputs: number): Layer[] => [
  { type: 'image', channels, height: side, width: side },
  ...layers,
  { type: 'flatten' },
  dense(outputs, 2),
];
const attention = (width: number, heads: number, rotary = false): Layer => ({
  type: 'attention',
  width,
  heads,
  rotary,
});
const both = (width: number, heads: number): Layer => ({ type: 'attention', width, heads, causal: false });
const conv = (features: number, kernel: number, groups: number): Layer => ({
  type: 'conv2d',
  inputs: features,
  outputs: features,
  kernel: [kernel, kernel],
  padding: [kernel >> 1, kernel >> 1],
  groups,
});
const window = (type: 'max-pool2d' | 'avg-pool2d'): Layer => ({ type, kernel: [100, 100], stride: [1, 1] });

export const networks: Record<string, Layer[]> = {
  products: [dense(1024, 1024), dense(1024, 10)],
  'narrow products': [dense(2, 2), ...times(30, dense(2, 2))],
  'products of one value': tokens(2048, 1, times(60, dense(1, 1))),
  'many inputs': [dense(65_536, 2)],
  'many outputs': [dense(1, 256)],
  'many tokens': tokens(4096, 1),
  'few classes of tokens': tokens(4096, 1, [], 2),
  'large vocabulary': tokens(16, 1, [], 65_536),
  relu: values({ type: 'relu' }),
  gelu: values({ type: 'gelu' }),
  'gelu, tanh': values({ type: 'gelu', approximate: 'tanh' }),
  silu: values({ type: 'silu' }),
  tanh: values({ type: 'tanh' }),
  softmax: values({ type: 'softmax' }),
  'softmax of two': tokens(2048, 2, times(60, { type: 'softmax' })),
  'layer-norm': values({ type: 'layer-norm', features: 4096 }),
  'layer-norm of one': tokens(2048, 1, times(60, { type: 'layer-norm', features: 1 })),
  'rms-norm of one': tokens(2048, 1, times(60, { type: 'rms-norm', features: 1 })),
  'batch-norm of one': image(4096, 1, times(50, { type: 'batch-norm', features: 4096 }), 4096),
  residual: [dense(1, 4096), ...times(30, { type: 'residual', layers: [{ type: 'relu' }] }), dense(4096, 2)],
  attention: tokens(512, 64, times(4, attention(64, 1))),
  'attention, heads of one': tokens(512, 64, times(4, attention(64, 64))),
  'attention, rotary': tokens(512, 2, times(20, attention(2, 1, true))),
  'attention, two tokens': tokens(2, 64, times(4, attention(64, 64))),
  // Of the texts one token in 256 is padding, or every other.
  'encoder attention': texts(512, 64, times(4, both(64, 1))),
  'encoder attention, heads of one': texts(512, 64, times(4, both(64, 64))),
  'encoder attention, padding within': texts(512, 64, times(4, both(64, 64)), 2),
  pooling: texts(4096, 1, [], 256),
  'l2-norm of one': tokens(2048, 1, times(60, { type: 'l2-norm' })),
  conv2d: image(16, 32, times(5, conv(16, 3, 1)), 16_384),
  'conv2d by channel': image(64, 32, times(20, conv(64, 1, 64)), 65_536),
  'conv2d of one pixel': image(4096, 1, times(20, conv(4096, 1, 4096)), 4096),
  'max-pool2d': image(1, 200, [window('max-pool2d')], 101 * 101),
  'avg-pool2d': image(1, 200, [window('avg-pool2d')], 101 * 101),
};

/** Units of work in one timing, so that each takes a tenth of a second or so. */
const WORK_A_TURN = 2e8;
const TURNS = 3;

function unitsANanosecond(core: Core, layers: Layer[]): number {
  const { input, work } = checkLayers(layers);
  const count = Math.max(1, Math.min(20_000, Math.floor(WORK_A_TURN / work)));
  const each = input.kind === 'tokens' ? input.size + 1 : input.size;
  const below = input.kind === 'features' ? 256 : input.vocabulary;
  const inputs = new (below > 256 ? Uint16Array : Uint8Array)(count * each).map((_, i) => (i * 7) % below);
  const labels = input.kind === 'tokens' ? undefined : new Uint8Array(count);
  const parameters = core.initialise(layers, 1);
  const taken = Array.from({ length: TURNS + 1 }, () => {
    const before = process.cpuUsage();
    core.evaluate({ layers, parameters, inputs, labels });
    const { user, system } = process.cpuUsage(before);
    return (user + system) * 1000;
  });
  // The first compiles.
  return (work * count) / Math.min(...taken.slice(1));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const core = await loadNodeCore();
  for (const [name, layers] of Object.entries(networks)) {
    console.log(`${name.padEnd(24)} ${unitsANanosecond(core, layers).toFixed(2)}`);
  }
}
