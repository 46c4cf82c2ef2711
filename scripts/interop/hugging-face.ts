// Random small models of every family that Covey imports, against the outputs of Hugging Face's own code, and back again:
// language models, encoders of texts with a class or an embedding each, and networks of images.
// Tried with transformers 5.24.0; the language models with 4.57.1 too.
//   python3 -m venv .covey/hf && .covey/hf/bin/pip install numpy torch transformers==5.24.0
//   node scripts/interop/hugging-face.ts .covey/hf/bin/python [200]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  exportHuggingFace,
  importHuggingFace,
  readForeignSafetensors,
  type ForeignTensor,
  type SentenceFiles,
} from '@covey/protocol';
import { networkLayout, type Inputs, type Layer } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { root } from '../process.ts';

const [python = 'python3', count = '200'] = process.argv.slice(2);
const script = join(root, 'scripts/interop/hugging_face.py');
const folder = mkdtempSync(join(tmpdir(), 'covey-hf-'));
const core = await loadNodeCore();
const most = 1e-4;
const maxBytes = 2 ** 30;

function tensorsOf(files: readonly string[]): Map<string, ForeignTensor> {
  return new Map(files.flatMap((file) => [...readForeignSafetensors(readFileSync(file), { maxBytes })]));
}

/** How far the core's outputs are from those of transformers, as a part of the largest. */
function compare(at: string): number {
  const files = readdirSync(at).filter((file) => file.startsWith('model') && file.endsWith('.safetensors'));
  const config: unknown = JSON.parse(readFileSync(join(at, 'config.json'), 'utf8'));
  const expected = tensorsOf([join(at, 'expected.safetensors')]);
  const given = expected.get('samples')!;
  const sentence = join(at, 'sentence.json');
  const { architecture, parameters } = importHuggingFace(config, tensorsOf(files.map((file) => join(at, file))), {
    size: given.shape.at(-1)!,
    ...(existsSync(sentence) && { sentence: JSON.parse(readFileSync(sentence, 'utf8')) as SentenceFiles }),
  });
  const { layers } = architecture;
  const logits = floatsOf(expected.get('outputs')!);
  const outputs = core.outputs({ layers, parameters, inputs: inputsOf(layers, given) });
  if (outputs.length !== logits.length) throw new Error(`${at}: ${outputs.length} outputs, not ${logits.length}`);
  const largest = logits.reduce((so, value) => Math.max(so, Math.abs(value)), 0);
  const exported = exportHuggingFace(architecture, parameters);
  mkdirSync(join(at, 'export'));
  writeFileSync(join(at, 'export/config.json'), exported.config);
  writeFileSync(join(at, 'export/model.safetensors'), exported.model);
  return outputs.reduce((worst, value, i) => Math.max(worst, Math.abs(value - logits[i]!)), 0) / largest;
}

/** Samples as the core takes them. */
function inputsOf(layers: Layer[], given: ForeignTensor): Inputs {
  const { input } = networkLayout(layers);
  if (input.kind === 'features') return floatsOf(given);
  const tokens = wordsOf(given);
  const type = input.vocabulary <= 2 ** 8 ? Uint8Array : input.vocabulary <= 2 ** 16 ? Uint16Array : Uint32Array;
  if (input.kind === 'text') return type.from(tokens);
  // Of a sample the last token is only what follows.
  const samples = tokens.length / input.size;
  const inputs = new type(samples * (input.size + 1));
  for (let s = 0; s < samples; s++) {
    inputs.set(tokens.subarray(s * input.size, (s + 1) * input.size), s * (input.size + 1));
  }
  return inputs;
}

const floatsOf = (tensor: ForeignTensor): Float32Array<ArrayBuffer> => new Float32Array(wordsOf(tensor).buffer);

function wordsOf({ data }: ForeignTensor): Uint32Array<ArrayBuffer> {
  return new Uint32Array(Uint8Array.from(data).buffer);
}

try {
  execFileSync(python, [script, 'make', folder, count], { stdio: 'inherit' });
  const errors = readdirSync(folder).map((name) => ({ name, error: compare(join(folder, name)) }));
  for (const { name, error } of errors) {
    if (!(error < most)) process.stdout.write(`${name}: ${error.toExponential(1)} from the outputs of transformers\n`);
  }
  const worst = Math.max(...errors.map(({ error }) => error));
  process.stdout.write(
    `${errors.length} models imported, at most ${worst.toExponential(1)} of the largest output away\n`,
  );
  process.exitCode = errors.length > 0 && worst < most ? 0 : 1;
  execFileSync(python, [script, 'check', folder], { stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true });
}
