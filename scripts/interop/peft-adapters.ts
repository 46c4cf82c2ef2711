// Random adapters that PEFT saves, over random small models of every family, against the logits that it gives, and back again.
//   python3 -m venv .covey/hf && .covey/hf/bin/pip install numpy torch transformers==4.57.1 peft==0.18.0
//   node scripts/interop/peft-adapters.ts .covey/hf/bin/python [120]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  adaptersToBytes,
  encodings,
  exportPeft,
  importHuggingFace,
  importPeft,
  readForeignSafetensors,
  updateFromBytes,
  type ForeignTensor,
} from '@covey/protocol';
import { networkLayout } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { root } from '../process.ts';

const [python = 'python3', count = '120'] = process.argv.slice(2);
const script = join(root, 'scripts/interop/peft_adapters.py');
const folder = mkdtempSync(join(tmpdir(), 'covey-peft-'));
const core = await loadNodeCore();
const most = 1e-4;
const maxBytes = 2 ** 30;

const tensorsOf = (file: string) => readForeignSafetensors(readFileSync(file), { maxBytes });
const jsonOf = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as unknown;
const wordsOf = ({ data }: ForeignTensor) => new Uint32Array(Uint8Array.from(data).buffer);

/** How far the core's outputs are from PEFT's logits, and how much the adapter changes them, as parts of the largest. */
function compare(at: string): { error: number; change: number } {
  const base = importHuggingFace(jsonOf(join(at, 'base/config.json')), tensorsOf(join(at, 'base/model.safetensors')));
  const { architecture } = base;
  const config = jsonOf(join(at, 'adapter/adapter_config.json'));
  const adapters = importPeft(architecture, config, tensorsOf(join(at, 'adapter/adapter_model.safetensors')));
  const update = updateFromBytes(core, architecture, adaptersToBytes(architecture, adapters), { maxBytes, encodings });
  const { layers } = architecture;
  const { input, classes } = networkLayout(layers);
  const expected = tensorsOf(join(at, 'expected.safetensors'));
  const tokens = wordsOf(expected.get('tokens')!);
  const floats = (name: string) => new Float32Array(wordsOf(expected.get(name)!).buffer);
  const [logits, without] = [floats('logits'), floats('base')];
  const type = classes <= 2 ** 8 ? Uint8Array : classes <= 2 ** 16 ? Uint16Array : Uint32Array;
  const samples = tokens.length / input.size;
  // Of a sample the last token is only what follows.
  const inputs = new type(samples * (input.size + 1));
  for (let s = 0; s < samples; s++) {
    inputs.set(tokens.subarray(s * input.size, (s + 1) * input.size), s * (input.size + 1));
  }
  const outputs = core.outputs({ layers, parameters: core.add(base.parameters, update), inputs });
  const exported = exportPeft(architecture, adapters);
  mkdirSync(join(at, 'export'));
  writeFileSync(join(at, 'export/adapter_config.json'), exported.config);
  writeFileSync(join(at, 'export/adapter_model.safetensors'), exported.model);
  const largest = logits.reduce((so, value) => Math.max(so, Math.abs(value)), 0);
  const apart = (one: Float32Array) =>
    one.reduce((worst, value, i) => Math.max(worst, Math.abs(value - logits[i]!)), 0) / largest;
  return { error: apart(outputs), change: apart(without) };
}

try {
  execFileSync(python, [script, 'make', folder, count], { stdio: 'inherit' });
  const cases = readdirSync(folder).map((name) => ({ name, ...compare(join(folder, name)) }));
  for (const { name, error } of cases) {
    if (!(error < most)) process.stdout.write(`${name}: ${error.toExponential(1)} from the logits of PEFT\n`);
  }
  const worst = Math.max(...cases.map(({ error }) => error));
  const least = Math.min(...cases.map(({ change }) => change));
  process.stdout.write(
    `${cases.length} adapters imported, at most ${worst.toExponential(1)} of the largest logit away, ` +
      `which each of them changes by ${least.toExponential(1)} or more\n`,
  );
  process.exitCode = cases.length > 0 && worst < most ? 0 : 1;
  execFileSync(python, [script, 'check', folder], { stdio: 'inherit' });
} finally {
  rmSync(folder, { recursive: true });
}
