// Tokens a second of a text that goes on, from what a session keeps and from the whole text anew, as both are used.
import type { Layer } from '../loader/index.ts';
import { loadNodeCore } from '../loader/node.ts';
import { alternate, timed } from './measure.ts';
import type { BenchRow } from './row.ts';

/** Tokens of the text with the new one, and the model's window. */
const SEEN = 192;
const WINDOW = 256;
/** Widths and blocks of transformers of bytes: 10 million parameters, and 38. */
const SIZES = [
  [320, 8],
  [512, 12],
] as const;

export async function generationRows(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const [width, blocks] of SIZES) rows.push(await generationRow(width, blocks));
  return rows;
}

async function generationRow(width: number, blocks: number): Promise<BenchRow> {
  const core = await loadNodeCore();
  const parameters = core.initialise(layersOf(width, blocks, WINDOW), 1);
  const session = core.session({ layers: layersOf(width, blocks, WINDOW), parameters });
  const text = session.open();
  const tokens = Uint8Array.from({ length: SEEN + 1 }, (_, i) => (i * 2_654_435_761) >>> 24);
  session.extend([{ text, tokens: tokens.subarray(0, SEEN - 1) }]);
  const layers = layersOf(width, blocks, SEEN);
  const next = (): Float32Array => {
    text.keep(SEEN - 1);
    return session.extend([{ text, tokens: tokens.subarray(SEEN - 1, SEEN) }])[0]!;
  };
  const whole = (): Float32Array => core.outputs({ layers, parameters, inputs: tokens }).subarray(-256);
  const theirs = whole();
  if (next().some((value, i) => value !== theirs[i])) throw new Error('The session gives other outputs');
  const seconds = await alternate([
    { name: 'session', run: () => timed(next) },
    { name: 'whole', run: () => timed(whole) },
  ]);
  session.close();
  return {
    kernel: 'generation',
    n: SEEN,
    d: parameters.length,
    threads: 1,
    value: 1 / seconds.get('session')!,
    unit: 'tokens/s',
    against: [{ name: 'whole text', ratio: seconds.get('whole')! / seconds.get('session')! }],
  };
}

function layersOf(width: number, blocks: number, length: number): Layer[] {
  const block = (): Layer[] => [
    {
      type: 'residual',
      layers: [
        { type: 'rms-norm', features: width },
        { type: 'attention', width, heads: width / 64, rotary: true },
      ],
    },
    {
      type: 'residual',
      layers: [
        { type: 'rms-norm', features: width },
        { type: 'dense', inputs: width, outputs: 4 * width },
        { type: 'gelu' },
        { type: 'dense', inputs: 4 * width, outputs: width },
      ],
    },
  ];
  return [
    { type: 'embedding', vocabulary: 256, length, width },
    ...Array.from({ length: blocks }, block).flat(),
    { type: 'dense', inputs: width, outputs: 256 },
  ];
}
