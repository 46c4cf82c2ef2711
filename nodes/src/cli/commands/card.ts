import { codecs, readProvenance } from '@covey/client';
import { documentCid } from '@covey/protocol';
import { decodeCardDocument, encodeCardDocument, makersCard, modelCard, type CardDocument } from '@covey/protocol/card';
import { readTaskDecision } from '@covey/governance';
import { readFile, writeFile } from 'node:fs/promises';
import { nodeError } from '../../errors.ts';
import { openChain, openReader, openStore } from '../context.ts';
import { defineCommand, flag, optional } from '../define-command.ts';
import { modelOption } from '../model-reference.ts';
import { chainOptions, readerOptions } from '../options.ts';
import { phrase, say } from '../words/say.ts';

export const card = defineCommand({
  name: 'card',
  summary: 'Write a model’s card in Hugging Face’s format; what its maker wrote into it before stays',
  examples: [
    'card 1 --out README.md',
    'card 1/0   # on the standard output',
    'card 1 --out README.md --publish   # on IPFS: what a listing names',
  ],
  options: {
    ...modelOption,
    ...chainOptions,
    ...readerOptions,
    out: optional(
      '--out <file>',
      'write it there, keeping the maker’s own words and front matter of a card that is there',
    ),
    words: optional('--words <cid>', 'the maker’s own words, as published, instead of those in the file'),
    publish: flag('--publish', 'put provenance, card and the maker’s own words on IPFS'),
  },
  async run(options, out) {
    const { model, words, publish, out: file = null } = options;
    const reader = openReader(options);
    const { provenance, bytes, cid } = await readProvenance({
      covey: await openChain(options),
      reader,
      model,
      decision: readTaskDecision,
      onProgress: ({ step, done, total }) => out.progress(say`${phrase(step)} ${done}/${total}`),
    });
    const maker =
      words === undefined
        ? file === null
          ? undefined
          : await wordsIn(file, provenance.model.cid)
        : decodeCardDocument(await reader.get(words));
    const markdown = modelCard(provenance, maker);
    const document = maker && encodeCardDocument(maker);
    if (file !== null) await writeFile(file, markdown);
    let readme: string | null = null;
    if (publish) {
      const store = openStore(options);
      await store.putBlock(codecs.dagJson, bytes);
      if (document) await store.putBlock(codecs.dagJson, document);
      readme = await store.add(new TextEncoder().encode(markdown));
    }
    const value = { model: provenance.model.cid, provenance: cid, words: document ? documentCid(document) : null };
    out.result('covey.card-written/1', { ...value, readme, out: file, ...(file === null && { markdown }) }, [
      ...(file === null ? markdown.trimEnd().split('\n') : [say`card of ${provenance.model.cid} written to ${file}`]),
      ...(readme === null ? [] : [say`published: card ${readme}, provenance ${cid}`]),
      ...(publish && document ? [say`the maker’s own words: ${documentCid(document)}`] : []),
    ]);
  },
});

/** What the maker wrote into the card that is there; undefined where there is no file. */
async function wordsIn(path: string, model: string): Promise<CardDocument | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected: 'a model card of Covey, or no file', cause });
  }
  const found = makersCard(text, model);
  if (found) return found;
  throw nodeError('CONFIG_INVALID', `${path} is not a card that Covey wrote.`, {
    expected: 'a model card of Covey, or no file',
    hint: 'Name another file: this one would be lost.',
  });
}
