import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { importHuggingFace, modelToBytes } from '@covey/protocol';
import { readHuggingFaceFolder } from '../../../models/hugging-face-folder.ts';
import { integer } from '../../arguments.ts';
import { defineCommand, optional, positional, preset } from '../../define-command.ts';
import { say } from '../../words/say.ts';

export const modelImport = defineCommand({
  name: 'model import',
  summary: 'Turn a language model of Hugging Face’s format into a network and weights that the core computes',
  examples: [
    'model import ./SmolLM-135M --length 256   # model.safetensors and architecture.json here',
    'model import ./gpt2 --out gpt2.safetensors --architecture gpt2.json   # with all its positions',
  ],
  options: {
    folder: positional('<folder>', 'config.json and safetensors of a Llama, Mistral, Qwen 2, Qwen 3 or GPT-2 model'),
    length: optional('--length <tokens>', 'tokens of a text (default: as many as the model was made for)', integer),
    out: preset('--out <file>', 'the weights, as f32', 'model.safetensors'),
    architecture: preset('--architecture <file>', 'the network, as JSON', 'architecture.json'),
  },
  async run(options, out) {
    const { config, tensors } = await readHuggingFaceFolder(resolve(options.folder), (done, of) =>
      out.progress(say`${done} of ${of} files read`),
    );
    const { architecture, parameters } = importHuggingFace(config, tensors, options.length);
    const [file, architectureFile] = [resolve(options.out), resolve(options.architecture)];
    await writeFile(file, modelToBytes(architecture, parameters));
    await writeFile(architectureFile, `${JSON.stringify(architecture, null, 2)}\n`);
    const [first] = architecture.layers;
    const { length = 0, vocabulary = 0 } = first?.type === 'embedding' ? first : {};
    out.result(
      'covey.model-import/1',
      { parameters: parameters.length, length, vocabulary, file, architecture: architectureFile },
      [
        say`${parameters.length} parameters, texts of ${length} tokens of ${vocabulary}`,
        say`weights in ${file}, network in ${architectureFile}`,
      ],
    );
  },
});
