import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  adaptersToBytes,
  importHuggingFace,
  importPeft,
  modelToBytes,
  readForeignSafetensors,
  type Architecture,
} from '@covey/protocol';
import { readHuggingFaceFolder } from '../../../models/hugging-face-folder.ts';
import { readAdapterFile } from '../../../models/peft-folder.ts';
import { copyTokenizer } from '../../../models/tokenizer-files.ts';
import { integer } from '../../arguments.ts';
import { defineCommand, optional, positional, preset } from '../../define-command.ts';
import { say } from '../../words/say.ts';

export const modelImport = defineCommand({
  name: 'model import',
  summary: 'Turn a model of Hugging Face’s format into a network and weights that the core computes',
  examples: [
    'model import ./SmolLM-135M --length 256   # model.safetensors and architecture.json here',
    'model import ./gpt2 --out gpt2.safetensors --architecture gpt2.json   # with all its positions',
    'model import ./all-MiniLM-L6-v2   # texts to embeddings, as sentence-transformers pools them',
    'model import ./resnet-18 --side 64',
    'model import ./gpt2 --adapter ./my-lora   # adapter.safetensors, too',
  ],
  options: {
    folder: positional(
      '<folder>',
      'config.json and safetensors of a Llama, Mistral, Qwen 2, Qwen 3, GPT-2, BERT, RoBERTa, DistilBERT or ResNet model',
    ),
    length: optional('--length <tokens>', 'tokens of a text (default: as many as the model was made for)', integer),
    side: optional('--side <pixels>', 'of an image’s side (default: 224)', integer),
    out: preset('--out <file>', 'the weights, as f32', 'model.safetensors'),
    architecture: preset('--architecture <file>', 'the network, as JSON', 'architecture.json'),
    adapter: optional('--adapter <folder>', 'also an adapter over it, as PEFT saves one'),
    adapterOut: preset(
      '--adapter-out <file>',
      'the adapter, as `covey submit --adapter` takes it',
      'adapter.safetensors',
    ),
    tokenizer: preset('--tokenizer <folder>', 'where its tokenizer’s files are kept', 'tokenizer'),
  },
  async run(options, out) {
    const {
      config,
      tensors,
      sentence,
      length: longest,
    } = await readHuggingFaceFolder(resolve(options.folder), (done, of) =>
      out.progress(say`${done} of ${of} files read`),
    );
    const size = options.side ?? options.length ?? longest;
    const { architecture, parameters } = importHuggingFace(config, tensors, { size, sentence });
    const [file, architectureFile] = [resolve(options.out), resolve(options.architecture)];
    await writeFile(file, modelToBytes(architecture, parameters));
    await writeFile(architectureFile, `${JSON.stringify(architecture, null, 2)}\n`);
    const adapter = await importAdapter(options, architecture);
    const kept = resolve(options.tokenizer);
    const names = await copyTokenizer(resolve(options.folder), kept);
    const tokenizer = names.length > 0 ? kept : null;
    const [first] = architecture.layers;
    const { length = 0, vocabulary = 0 } = first?.type === 'embedding' ? first : {};
    const side = first?.type === 'image' ? first.height : undefined;
    out.result(
      'covey.model-import/1',
      {
        parameters: parameters.length,
        ...(side === undefined ? { length, vocabulary } : { side }),
        file,
        architecture: architectureFile,
        ...(adapter && { adapter }),
        tokenizer,
      },
      [
        side === undefined
          ? say`${parameters.length} parameters, texts of ${length} tokens of ${vocabulary}`
          : say`${parameters.length} parameters, images of ${side} by ${side} pixels`,
        say`weights in ${file}, network in ${architectureFile}`,
        ...(adapter ? [say`adapters of ${adapter.matrices} matrices, ${adapter.bytes} bytes, in ${adapter.file}`] : []),
        ...(tokenizer === null ? [] : [say`tokenizer in ${tokenizer}: ${names.join(', ')}`]),
      ],
    );
  },
});

/** What the adapter becomes: pairs of the core's matrices, checked against what the model has. */
async function importAdapter(
  { adapter, adapterOut }: { adapter?: string | undefined; adapterOut: string },
  architecture: Architecture,
) {
  if (adapter === undefined) return undefined;
  const { bytes, config } = await readAdapterFile(resolve(adapter));
  const tensors = readForeignSafetensors(bytes, { maxBytes: bytes.byteLength });
  const adapters = importPeft(architecture, config, tensors);
  const [file, written] = [resolve(adapterOut), adaptersToBytes(architecture, adapters)];
  await writeFile(file, written);
  return { matrices: adapters.size, bytes: written.byteLength, file };
}
