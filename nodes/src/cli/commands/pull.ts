import {
  codecs,
  firstReader,
  isClientError,
  readBase,
  readTask,
  readTaskDocument,
  type FetchEvent,
} from '@covey/client';
import { parseCid } from '@covey/protocol';
import {
  MAX_MANIFEST_BYTES,
  MAX_SEALED_BYTES,
  decodeSealedManifest,
  type SealedManifest,
} from '@covey/protocol/sealed';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { nodeError } from '../../errors.ts';
import { fetchPart, tensorsIn, type PullParameters } from '../../pull/pull-file.ts';
import { pullSealed } from '../../pull/pull-sealed.ts';
import { readContentKey } from '../../sealed/content-key.ts';
import { nativeEngine } from '../../sealed/native-engine.ts';
import { writeAside } from '../../state/write-aside.ts';
import { positive, urls } from '../arguments.ts';
import { openChain, openSources } from '../context.ts';
import { defineCommand, flag, optional, orConfig, orEnvironment, positional, type Values } from '../define-command.ts';
import { chainOptions, contentOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { percentProgress } from '../percent-progress.ts';
import { say } from '../words/say.ts';

const options = {
  model: positional('<model>', 'CID of a model or of a sealed one’s manifest, or TASK/ROUND, TASK/last'),
  ...chainOptions,
  ...contentOptions,
  gateway: orConfig(
    orEnvironment(
      optional('--gateway <urls>', 'trustless gateways to ask, too, comma-separated', urls),
      'COVEY_GATEWAY',
    ),
  ),
  out: optional('--out <file>', 'where to write the model (default: its CID with .safetensors)'),
  contentKey: optional(
    '--content-key <file>',
    'opens a sealed model; without it, what is served is fetched and checked',
  ),
  keepSealed: flag('--keep-sealed', 'keep ciphertext and leaves beside the model'),
  maxSize: optional('--max-size <MiB>', 'refuse a model that is larger (default: what the disk has)', positive),
};

export const pull = defineCommand({
  name: 'pull',
  summary: 'Fetch a model from several places at once, check every block, open it where it is sealed',
  examples: [
    'pull bafybeib… --gateway https://ipfs.example,https://other.example --out model.safetensors',
    'pull 1/last --out model.safetensors   # what the newest round of task 1 made',
    'pull baguqeer… --content-key model.key   # sealed; the same line goes on where it was interrupted',
  ],
  options,
  async run(options, out) {
    const sources = openSources(options);
    const maxBytes = options.maxSize === undefined ? MAX_SEALED_BYTES : options.maxSize * 2 ** 20;
    const cid = await modelCid(options);
    const path = resolve(options.out ?? `${cid}.safetensors`);
    if (existsSync(path)) {
      throw nodeError('CONFIG_INVALID', `${path} is there already.`, { expected: 'another --out, or no such file' });
    }
    const parameters: PullParameters = { sources, maxBytes, onEvent: eventLines(out) };
    if (parseCid(cid).code === codecs.dagJson) await pullManifest(options, out, cid, path, parameters);
    else await pullOpen(options, out, cid, path, parameters);
  },
});

type Options = Values<typeof options>;

/** Largest card that is fetched. */
const MAX_CARD_BYTES = 2 ** 20;

/** `1/3` is what round 3 of task 1 made, `1/last` the newest of its models. */
async function modelCid(options: Options): Promise<string> {
  const [, task, round] = /^([1-9]\d{0,15})\/(\d{1,10}|last)$/.exec(options.model) ?? [];
  if (task === undefined) {
    parseCid(options.model);
    return options.model;
  }
  const covey = await openChain(options);
  const onChain = await readTask(covey, BigInt(task));
  const next = round === 'last' ? onChain.roundsOpened : Number(round) + 1;
  if (next > onChain.roundsOpened) {
    throw nodeError('CONFIG_INVALID', `Task ${task} has no round ${round}.`, {
      expected: onChain.roundsOpened === 0 ? 'no round was opened yet' : `0 to ${onChain.roundsOpened - 1}, or last`,
    });
  }
  const { initialModel } = await readTaskDocument(documents(openSources(options)), onChain);
  return await readBase(covey, BigInt(task), next, initialModel);
}

const documents = (sources: PullParameters['sources']) => firstReader(sources.map(({ reader }) => reader));

async function pullOpen(options: Options, out: Output, cid: string, path: string, parameters: PullParameters) {
  if (options.contentKey !== undefined) {
    throw nodeError('CONFIG_INVALID', `${cid} is an open model: there is nothing to open with a key.`, {
      expected: 'the CID of a manifest with --content-key',
    });
  }
  const { file, size, kept } = await fetchPart(cid, path, parameters);
  await file.keep();
  const tensors = await tensorsIn(path);
  const value = { model: cid, sealed: false, bytes: size, kept: { file: kept }, out: path, tensors };
  out.result('covey.pull/1', value, [
    ...(kept > 0 ? [say`${kept} of ${size} bytes were there from before`] : []),
    say`model ${cid}: ${size} bytes, every block checked`,
    ...writtenLines(path, tensors),
  ]);
}

async function pullManifest(options: Options, out: Output, cid: string, path: string, parameters: PullParameters) {
  const manifest = decodeSealedManifest(await documents(parameters.sources).get(cid, { maxBytes: MAX_MANIFEST_BYTES }));
  if (manifest.bytes > parameters.maxBytes) {
    throw nodeError('CONFIG_INVALID', `The model is larger than --max-size.`, {
      expected: `at most ${parameters.maxBytes} bytes`,
      got: `${manifest.bytes} bytes`,
    });
  }
  const key = options.contentKey === undefined ? undefined : (await readContentKey(options.contentKey)).key;
  const card = manifest.card === undefined ? null : `${path}.card.json`;
  if (card !== null) {
    const bytes = await documents(parameters.sources).get(manifest.card!, { maxBytes: MAX_CARD_BYTES });
    // Aside and then by its name: where somebody put a link there, nothing is written through it.
    await rename(await writeAside(card, bytes), card);
  }
  const opened = percentProgress((percent) => out.progress(say`${percent} % opened`));
  const pulled = await pullSealed({
    ...parameters,
    ...{ manifest, out: path, engine: await nativeEngine(), key, keepSealed: options.keepSealed === true },
    onStep: (step) => out.progress(stepLine(step)),
    onOpened: opened,
  });
  const tensors = pulled.opened ? await tensorsIn(path) : null;
  const { name, maker, bytes, keyHash } = manifest;
  const written = pulled.opened ? path : null;
  const value = { model: cid, sealed: true, name, maker, bytes, keyHash, ...pulled, out: written, card, tensors };
  out.result('covey.pull/1', value, sealedLines(manifest, pulled, path, tensors));
}

function sealedLines(
  { name, bytes }: SealedManifest,
  { opened, wrongTags }: { opened: boolean; wrongTags: number },
  path: string,
  tensors: number | null,
): string[] {
  const served = say`${name}: ciphertext and leaves have the roots of the manifest`;
  if (!opened) {
    return [
      served,
      say`nothing is opened without --content-key; ${path}.sealed.part and ${path}.leaves.part stay for it`,
    ];
  }
  return [
    served,
    say`opened, ${bytes} bytes, each kibibyte is what its leaf promises`,
    ...(wrongTags > 0
      ? [say`${wrongTags} chunks have a wrong tag: leaves decide, and the plaintext is the one that was promised`]
      : []),
    ...writtenLines(path, tensors),
  ];
}

function writtenLines(path: string, tensors: number | null): string[] {
  return [
    tensors === null
      ? say`written to ${path}; it is no safetensors file: open it with nothing that runs what it holds`
      : say`written to ${path}: safetensors, ${tensors} tensors`,
  ];
}

function stepLine(step: 'fetching' | 'checking' | 'opening'): string {
  switch (step) {
    case 'fetching':
      return say`fetching ciphertext and leaves`;
    case 'checking':
      return say`comparing both roots with the manifest`;
    case 'opening':
      return say`opening`;
  }
}

/** What happens to sources, and how far it is. */
function eventLines(out: Output): (event: FetchEvent) => void {
  const fetched = percentProgress((percent) => out.progress(say`${percent} % fetched`));
  return (event) => {
    switch (event.type) {
      case 'progress':
        return fetched(event.done, event.size);
      case 'source-failed':
        // A source that just has not the block is no news where others have it.
        if (isClientError(event.error, 'CONTENT_HASH_MISMATCH'))
          out.progress(say`${event.source} serves altered bytes for ${event.cid}`);
        return;
      case 'source-rests':
        return out.progress(
          event.ms === null
            ? say`${event.source} lies, and is asked no more`
            : say`${event.source} fails, and is left alone for ${Math.ceil(event.ms / 1000)} s`,
        );
    }
  };
}
