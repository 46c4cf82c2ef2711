import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { rename } from 'node:fs/promises';
import { getAddress } from 'viem';
import { nodeError } from '../../errors.ts';
import { nativeEngine } from '../../sealed/native-engine.ts';
import { publishSealed, requireAbout } from '../../sealed/publish-sealed.ts';
import { sealFile } from '../../sealed/seal-file.ts';
import { writeAside } from '../../state/write-aside.ts';
import { ethereumAddress } from '../arguments.ts';
import { openStore } from '../context.ts';
import { defineCommand, optional, positional, required, unlessNot } from '../define-command.ts';
import { contentOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { percentProgress } from '../percent-progress.ts';
import { say } from '../words/say.ts';

export const seal = defineCommand({
  name: 'seal',
  summary: 'Encrypt a model of your own so that its key can be sold, and upload what is public of it',
  examples: [
    'seal model.safetensors --maker 0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984 --name "A small model"',
    'seal model.safetensors --maker 0x1f9840a85d5aF5bf1D1762F925BDADdC4201F984 --no-upload   # only the files',
  ],
  options: {
    file: positional('<file>', 'the model; what is sold is this very file'),
    maker: required('--maker <address>', 'who sells it', ethereumAddress),
    name: optional('--name <text>', 'what it is called (default: the file’s name)'),
    description: optional('--description <text>', 'what it is, in Markdown'),
    card: optional('--card <cid>', 'its model card, a DAG-JSON document'),
    out: optional('--out <path>', 'what the sealed files’ names begin with (default: the file’s)'),
    contentKey: optional('--content-key <file>', 'where its key is written (default: the same with .key)'),
    upload: unlessNot('--no-upload', 'write the files and upload nothing'),
    ...contentOptions,
  },
  async run(options, out) {
    const file = resolve(options.file);
    const begin = resolve(options.out ?? options.file);
    const [ciphertext, leaves, manifestFile] = [`${begin}.sealed`, `${begin}.leaves`, `${begin}.manifest.json`];
    const keyFile = resolve(options.contentKey ?? `${begin}.key`);
    if (existsSync(manifestFile)) {
      throw nodeError('CONFIG_INVALID', `${manifestFile} is there already.`, {
        expected: 'another --out, or no such file',
        hint: 'The file is sealed: sell it by the CID that was printed, with its key.',
      });
    }
    const about = {
      name: options.name ?? basename(file),
      description: options.description ?? '',
      maker: getAddress(options.maker),
      card: options.card,
    };
    requireAbout(about);
    const sealed = await sealFile({
      file,
      ciphertext,
      leaves,
      keyFile,
      engine: await nativeEngine(),
      ...progress(out),
    });
    out.progress(say`key written to ${keyFile}: keep a copy, who loses it can deliver nothing that was sold`);
    const store = options.upload ? openStore(options) : undefined;
    const published = await publishSealed({ ciphertext, leaves, about, sealed, store });
    await rename(await writeAside(manifestFile, published.document), manifestFile);
    const { cid, manifest } = published;
    const files = { ciphertextFile: ciphertext, leavesFile: leaves, manifestFile, keyFile };
    out.result('covey.seal/1', { cid, manifest, ...files, uploaded: options.upload, kept: sealed.kept }, [
      say`manifest ${cid}: ${sealed.bytes} bytes, sealed`,
      options.upload
        ? say`ciphertext, leaves and manifest are uploaded`
        : say`nothing is uploaded: ${ciphertext}, ${leaves} and ${manifestFile} are what is public`,
      say`${keyFile} is secret: who has it opens the model`,
    ]);
  },
});

function progress(out: Output) {
  const lines = {
    reading: percentProgress((percent) => out.progress(say`${percent} % read`)),
    sealing: percentProgress((percent) => out.progress(say`${percent} % sealed`)),
    checking: percentProgress((percent) => out.progress(say`${percent} % checked`)),
  };
  return {
    onProgress: (step: keyof typeof lines, done: number, of: number) => lines[step](done, of),
  };
}
