import {
  codecs,
  firstReader,
  isClientError,
  readBase,
  readListing,
  readSealedManifest,
  readTask,
  readTaskDocument,
  soldModel,
  type CoveyWriter,
  type ListingOnChain,
} from '@covey/client';
import { parseCid } from '@covey/protocol';
import { MAX_MANIFEST_BYTES, MAX_SEALED_BYTES, decodeSealedManifest } from '@covey/protocol/sealed';
import { existsSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { nodeError } from '../../errors.ts';
import { boughtByOrder, boughtOfListing, keyOf, withRemedy, type Bought } from '../../market/bought.ts';
import { fetchPart, tensorsIn, type PullParameters } from '../../pull/pull-file.ts';
import { pullSealed, type PullSealedParameters } from '../../pull/pull-sealed.ts';
import { readContentKey } from '../../sealed/content-key.ts';
import { nativeEngine } from '../../sealed/native-engine.ts';
import { writeAside } from '../../state/write-aside.ts';
import { positive, taskId as positiveId, urls } from '../arguments.ts';
import { openChain, openSender, openSources } from '../context.ts';
import { defineCommand, flag, optional, orConfig, orEnvironment, positional, type Values } from '../define-command.ts';
import { accountOptions, contentOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { percentProgress } from '../percent-progress.ts';
import { boughtLines, eventLines, sealedLines, stepLine, writtenLines } from '../pull-lines.ts';
import { say } from '../words/say.ts';

const options = {
  model: positional('[model]', 'CID of a model or of a sealed one’s manifest, or TASK/ROUND, TASK/last'),
  order: optional('--order <id>', 'the sealed model that this account ordered, with the key that came', positiveId),
  listing: optional('--listing <id>', 'what is sold there; a sealed model by the own order of it', positiveId),
  ...accountOptions,
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
    'pull --order 7 --out model.safetensors --key-file buyer.key   # sealed and bought: takes the key from the chain',
    'pull baguqeer… --content-key model.key   # sealed; the same line goes on where it was interrupted',
  ],
  options,
  async run(options, out) {
    const sources = openSources(options);
    const maxBytes = options.maxSize === undefined ? MAX_SEALED_BYTES : options.maxSize * 2 ** 20;
    const wanted = await wantedBy(options);
    const { cid } = wanted;
    const path = resolve(options.out ?? `${cid}.safetensors`);
    if (existsSync(path)) {
      throw nodeError('CONFIG_INVALID', `${path} is there already.`, { expected: 'another --out, or no such file' });
    }
    const parameters: PullParameters = { sources, maxBytes, onEvent: eventLines(out) };
    const isSealed = wanted.listing ? wanted.listing.sealed !== null : parseCid(cid).code === codecs.dagJson;
    await (isSealed ? pullManifest : pullOpen)(options, out, wanted, path, parameters);
  },
});

type Options = Values<typeof options>;

interface Wanted {
  cid: string;
  /** Where it is sold. */
  listing?: ListingOnChain;
  /** By whom and by which order it was bought; its key comes from there. */
  order?: Bought & { covey: CoveyWriter };
}

/** Largest card that is fetched. */
const MAX_CARD_BYTES = 2 ** 20;

async function wantedBy(options: Options): Promise<Wanted> {
  const { model, order, listing: listingId, contentKey } = options;
  if ([model, order, listingId].filter((one) => one !== undefined).length !== 1) {
    throw nodeError('CONFIG_INVALID', 'Which model?', {
      expected: 'one of a CID, TASK/ROUND, --order ID, --listing ID',
    });
  }
  if (model !== undefined) return { cid: await modelCid(options, model) };
  if (order !== undefined) {
    if (contentKey !== undefined) {
      throw nodeError('CONFIG_INVALID', 'The key of an order comes from the chain.', {
        expected: '--order ID without --content-key',
      });
    }
    return await ordered(await openSender(options), (covey) => boughtByOrder(covey, order));
  }
  const listing = await readListing(await openChain(options), listingId!);
  if (!listing.sealed || contentKey !== undefined) return { cid: soldModel(listing), listing };
  return await ordered(await openSender(options), (covey) => boughtOfListing(covey, listing));
}

async function ordered(covey: CoveyWriter, find: (covey: CoveyWriter) => Promise<Bought>): Promise<Wanted> {
  const bought = await find(covey);
  const { listing } = bought;
  return { cid: soldModel(listing), listing, order: { ...bought, covey } };
}

/** `1/3` is what round 3 of task 1 made, `1/last` the newest of its models. */
async function modelCid(options: Options, model: string): Promise<string> {
  const [, task, round] = /^([1-9]\d{0,15})\/(\d{1,10}|last)$/.exec(model) ?? [];
  if (task === undefined) {
    parseCid(model);
    return model;
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

async function pullOpen(
  options: Options,
  out: Output,
  { cid, listing }: Wanted,
  path: string,
  parameters: PullParameters,
) {
  if (options.contentKey !== undefined) {
    throw nodeError('CONFIG_INVALID', `${cid} is an open model: there is nothing to open with a key.`, {
      expected: 'the CID of a manifest with --content-key',
    });
  }
  const { file, size, kept } = await fetchPart(cid, path, parameters);
  const card = await writeCard(parameters, listing?.card, path, out);
  await file.keep();
  const tensors = await tensorsIn(path);
  const value = { model: cid, sealed: false, bytes: size, kept: { file: kept }, out: path, card, tensors };
  out.result('covey.pull/1', { ...value, listingId: listing?.listingId ?? null }, [
    ...(kept > 0 ? [say`${kept} of ${size} bytes were there from before`] : []),
    say`model ${cid}: ${size} bytes, every block checked`,
    ...writtenLines(path, tensors, card),
  ]);
}

async function pullManifest(
  options: Options,
  out: Output,
  { cid, listing, order }: Wanted,
  path: string,
  parameters: PullParameters,
) {
  const reader = documents(parameters.sources);
  const manifest = listing
    ? await readSealedManifest(reader, listing)
    : decodeSealedManifest(await reader.get(cid, { maxBytes: MAX_MANIFEST_BYTES }));
  if (manifest.bytes > parameters.maxBytes) {
    throw nodeError('CONFIG_INVALID', `The model is larger than --max-size.`, {
      expected: `at most ${parameters.maxBytes} bytes`,
      got: `${manifest.bytes} bytes`,
    });
  }
  const key = await contentKeyOf(options, order, out);
  const card = await writeCard(parameters, listing?.card ?? manifest.card, path, out);
  const opened = percentProgress((percent) => out.progress(say`${percent} % opened`));
  const sealed: PullSealedParameters = {
    ...parameters,
    ...{ manifest, out: path, engine: await nativeEngine(), key, keepSealed: options.keepSealed === true },
    onStep: (step) => out.progress(stepLine(step)),
    onOpened: opened,
  };
  const pulled = await (order
    ? withRemedy(order.covey, order, { sealed: `${path}.sealed.part`, leaves: `${path}.leaves.part` }, () =>
        pullSealed(sealed),
      )
    : pullSealed(sealed));
  const tensors = pulled.opened ? await tensorsIn(path) : null;
  const { name, maker, bytes, keyHash } = manifest;
  const written = pulled.opened ? path : null;
  const sold = { listingId: listing?.listingId ?? null, orderId: order?.order.orderId ?? null };
  const value = { model: cid, sealed: true, ...sold, name, maker, bytes, keyHash, ...pulled, out: written, card };
  out.result('covey.pull/1', { ...value, tensors }, [
    ...sealedLines(manifest, pulled, path, { tensors, card }),
    ...(order ? boughtLines(order.order) : []),
  ]);
}

/** From the file that was named, or from what the seller delivered. */
async function contentKeyOf(
  { contentKey }: Options,
  order: Wanted['order'],
  out: Output,
): Promise<Uint8Array | undefined> {
  if (contentKey !== undefined) return (await readContentKey(contentKey)).key;
  if (!order) return undefined;
  const key = await keyOf(order.covey, order);
  out.progress(say`order ${order.order.orderId}: the key is the one that was sold`);
  return key;
}

/** A card that nobody serves keeps nobody from the model. */
async function writeCard(
  { sources }: PullParameters,
  cid: string | null | undefined,
  path: string,
  out: Output,
): Promise<string | null> {
  if (cid === null || cid === undefined) return null;
  let bytes: Uint8Array;
  try {
    bytes = await documents(sources).get(cid, { maxBytes: MAX_CARD_BYTES });
  } catch (error) {
    if (!isClientError(error)) throw error;
    out.progress(say`its card ${cid} was not to be had: ${error.code}`);
    return null;
  }
  const card = `${path}.card.json`;
  // Aside and then by its name: where somebody put a link there, nothing is written through it.
  await rename(await writeAside(card, bytes), card);
  return card;
}
