import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import {
  adaptersOf,
  architectureSchema,
  exportHuggingFace,
  exportPeft,
  foreignModel,
  modelLimit,
  parseSafetensors,
} from '@covey/protocol';
import { nodeError } from '../../../errors.ts';
import { configFile } from '../../../models/hugging-face-folder.ts';
import { adapterConfigFile, adapterModelFile } from '../../../models/peft-folder.ts';
import { copyTokenizer } from '../../../models/tokenizer-files.ts';
import { readJson } from '../../context.ts';
import { defineCommand, flag, optional, positional, required } from '../../define-command.ts';
import { say } from '../../words/say.ts';

export const modelExport = defineCommand({
  name: 'model export',
  summary: 'Write a model as a folder from which Hugging Face’s `from_pretrained` loads it',
  examples: [
    'model export model.safetensors --architecture architecture.json --out ./exported',
    'model export adapter.safetensors --adapter --architecture architecture.json --out ./my-lora   # for PEFT',
  ],
  options: {
    file: positional('<file>', 'the weights, as a task or `covey pull` gives them'),
    architecture: required('--architecture <file>', 'its network: JSON of layers and input'),
    adapter: flag(
      '--adapter',
      'the file holds adapters: write the folder from which PEFT’s `from_pretrained` loads them',
    ),
    out: required('--out <folder>', 'folder to write to'),
    tokenizer: optional('--tokenizer <folder>', 'its tokenizer’s files (default: tokenizer, beside the network)'),
  },
  async run(options, out) {
    const expected = 'an architecture: layers and input';
    const architecture = await readJson(options.architecture, architectureSchema, expected);
    const file = resolve(options.file);
    const bytes = await readFile(file).catch((cause: unknown) => {
      throw nodeError('CONFIG_INVALID', `Cannot read ${file}.`, { expected: 'a safetensors file', cause });
    });
    const folder = resolve(options.out);
    if (options.adapter === true) {
      const tensors = parseSafetensors(bytes, { maxBytes: modelLimit(architecture) });
      const adapters = adaptersOf(architecture, tensors);
      const { config, model } = exportPeft(architecture, adapters);
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, adapterConfigFile), config);
      await writeFile(join(folder, adapterModelFile), model);
      const said = say`adapters of ${adapters.size} matrices and their ${adapterConfigFile} written to ${folder}`;
      out.result('covey.model-export/1', { matrices: adapters.size, folder }, [said]);
      return;
    }
    const parameters = foreignModel(architecture, bytes, { maxBytes: modelLimit(architecture) });
    const { config, model, others } = exportHuggingFace(architecture, parameters);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, configFile), config);
    await writeFile(join(folder, 'model.safetensors'), model);
    for (const [path, text] of Object.entries(others)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const kept = options.tokenizer ?? join(dirname(resolve(options.architecture)), 'tokenizer');
    const tokenizer = await copyTokenizer(resolve(kept), folder);
    out.result('covey.model-export/1', { parameters: parameters.length, folder, tokenizer }, [
      say`${parameters.length} parameters and their ${configFile} written to ${folder}`,
    ]);
  },
});
