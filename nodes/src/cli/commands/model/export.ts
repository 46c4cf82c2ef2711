import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { architectureSchema, exportHuggingFace, foreignModel, modelLimit } from '@covey/protocol';
import { nodeError } from '../../../errors.ts';
import { configFile } from '../../../models/hugging-face-folder.ts';
import { readJson } from '../../context.ts';
import { defineCommand, positional, required } from '../../define-command.ts';
import { say } from '../../words/say.ts';

export const modelExport = defineCommand({
  name: 'model export',
  summary: 'Write a model as a folder from which Hugging Face’s `from_pretrained` loads it',
  examples: ['model export model.safetensors --architecture architecture.json --out ./exported'],
  options: {
    file: positional('<file>', 'the weights, as a task or `covey pull` gives them'),
    architecture: required('--architecture <file>', 'its network: JSON of layers and input'),
    out: required('--out <folder>', 'folder to write to'),
  },
  async run(options, out) {
    const expected = 'an architecture: layers and input';
    const architecture = await readJson(options.architecture, architectureSchema, expected);
    const file = resolve(options.file);
    const bytes = await readFile(file).catch((cause: unknown) => {
      throw nodeError('CONFIG_INVALID', `Cannot read ${file}.`, { expected: 'a safetensors file', cause });
    });
    const parameters = foreignModel(architecture, bytes, { maxBytes: modelLimit(architecture) });
    const { config, model, others } = exportHuggingFace(architecture, parameters);
    const folder = resolve(options.out);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, configFile), config);
    await writeFile(join(folder, 'model.safetensors'), model);
    for (const [path, text] of Object.entries(others)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    out.result('covey.model-export/1', { parameters: parameters.length, folder }, [
      say`${parameters.length} parameters and their ${configFile} written to ${folder}`,
    ]);
  },
});
