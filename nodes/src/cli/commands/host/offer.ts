import {
  codecs,
  readBase,
  readRoundCount,
  readTask,
  readTaskDocument,
  type ContentReader,
  type CoveyChain,
} from '@covey/client';
import { encodeNetwork, encodeOffer, windowOf, type Offer } from '@covey/protocol/inference';
import { architectureSchema, documentCid } from '@covey/protocol';
import { writeFile } from 'node:fs/promises';
import { nodeError } from '../../../errors.ts';
import { offerOwnModel } from '../../../inference/own-model.ts';
import { openTokenizer } from '../../../models/tokenizer-files.ts';
import { coveyText } from '../../../quantities.ts';
import { amount, positive, taskId, taskIds } from '../../arguments.ts';
import { openChain, openReader, openStore, readJson } from '../../context.ts';
import { defineCommand, optional, preset, required, type Values } from '../../define-command.ts';
import { chainOptions, readerOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

const options = {
  ...chainOptions,
  ...readerOptions,
  task: optional('--task <ids>', 'tasks whose newest models are served, comma-separated', taskIds),
  modelFile: optional('--model-file <file>', 'an own or bought model, opened, that others cannot fetch'),
  architecture: optional('--architecture <file>', 'with --model-file: JSON of its layers and input, which is uploaded'),
  name: optional('--name <name>', 'with --model-file: what requests call it'),
  tokenizer: optional('--tokenizer <file>', 'with --model-file: tokenizer.json or its folder, which is uploaded'),
  listing: optional('--listing <id>', 'with --model-file: the sealed listing whose model it must be', taskId),
  title: preset('--title <text>', 'what the host is called', 'A host of Covey'),
  price: preset('--price <amount>', 'COVEY for each request', 0n, amount),
  perThousand: preset(
    '--per-thousand <amount>',
    'COVEY for a thousand tokens or rows that are computed',
    10n ** 16n,
    amount,
  ),
  maxTokens: preset('--max-tokens <n>', 'tokens that one request may ask for', 512, positive),
  queue: preset('--queue <n>', 'requests that are taken at once', 64, positive),
  out: required('--out <file>', 'where to write the offer'),
};

export const hostOffer = defineCommand({
  name: 'host offer',
  summary: 'Write an offer: models of tasks or in a file, and what answers cost',
  examples: [
    'host offer --task 1,2 --price 0.01 --per-thousand 0.1 --out offer.json',
    'host offer --model-file model.safetensors --architecture layers.json --name mine --listing 7 --out offer.json',
  ],
  options,
  async run(options, out) {
    if (options.task === undefined && options.modelFile === undefined)
      throw nodeError('CONFIG_INVALID', 'An offer is of models.', { expected: '--task IDS or --model-file FILE' });
    const covey = await openChain(options);
    const reader = openReader(options);
    const prices = { request: String(options.price), thousand: String(options.perThousand) };
    const ofTasks = await Promise.all((options.task ?? []).map((taskId) => ofTask(covey, reader, taskId)));
    const models = [...ofTasks, ...(await ownModels(covey, options))].map((model) => ({ ...model, ...prices }));
    const offer: Offer = {
      schema: 'covey.offer/1',
      name: options.title,
      models,
      limits: { requestBytes: 2 ** 18, tokens: options.maxTokens, queue: options.queue },
    };
    const cid = documentCid(encodeOffer(offer));
    await writeFile(options.out, `${JSON.stringify(offer, undefined, 2)}\n`).catch((cause: unknown) => {
      throw nodeError('CONFIG_INVALID', `Cannot write ${options.out}.`, { cause });
    });
    out.result('covey.host-offer/1', { offer: cid, models, out: options.out }, [
      ...models.map(({ name, model }) => say`${name}: model ${model}`),
      say`${coveyText(options.price)} a request, ${coveyText(options.perThousand)} a thousand tokens or rows`,
      say`offer ${cid}, written to ${options.out}`,
    ]);
  },
});

async function ofTask(covey: CoveyChain, reader: ContentReader, taskId: bigint) {
  const task = await readTask(covey, taskId);
  const { initialModel, architecture } = await readTaskDocument(reader, task);
  const model = await readBase(covey, taskId, await readRoundCount(covey, taskId), initialModel);
  return { name: `task-${taskId}`, model, network: task.document, window: windowOf(architecture) };
}

async function ownModels(covey: CoveyChain, given: Values<typeof options>) {
  const { modelFile: path, architecture: file, name, listing: listingId } = given;
  if (path === undefined) return [];
  if (file === undefined || name === undefined)
    throw nodeError('CONFIG_INVALID', 'A model in a file has a network and a name.', {
      expected: '--architecture FILE and --name NAME beside --model-file',
    });
  const architecture = await readJson(file, architectureSchema, 'an architecture: layers and input');
  const store = openStore(given);
  const tokenizer = given.tokenizer === undefined ? undefined : await openTokenizer(given.tokenizer);
  const kept = tokenizer && (await store.add(tokenizer.bytes));
  const network = await store.putBlock(codecs.dagJson, encodeNetwork(architecture, kept));
  return [await offerOwnModel(covey, { path, name, architecture, network, listingId })];
}
