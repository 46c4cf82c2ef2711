import { readBase, readRoundCount, readTask, readTaskDocument } from '@covey/client';
import { encodeOffer, windowOf, type Offer } from '@covey/protocol/inference';
import { documentCid } from '@covey/protocol';
import { writeFile } from 'node:fs/promises';
import { nodeError } from '../../../errors.ts';
import { coveyText } from '../../../quantities.ts';
import { amount, positive, taskIds } from '../../arguments.ts';
import { openChain, openReader } from '../../context.ts';
import { defineCommand, preset, required } from '../../define-command.ts';
import { chainOptions, readerOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const hostOffer = defineCommand({
  name: 'host offer',
  summary: 'Write an offer: the newest models of tasks, and what answers cost',
  examples: ['host offer --task 1,2 --price 0.01 --per-thousand 0.1 --out offer.json'],
  options: {
    ...chainOptions,
    ...readerOptions,
    task: required('--task <ids>', 'tasks whose newest models are served, comma-separated', taskIds),
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
  },
  async run(options, out) {
    const covey = await openChain(options);
    const reader = openReader(options);
    const models = await Promise.all(
      options.task.map(async (taskId) => {
        const task = await readTask(covey, taskId);
        const { initialModel, architecture } = await readTaskDocument(reader, task);
        const model = await readBase(covey, taskId, await readRoundCount(covey, taskId), initialModel);
        const prices = { request: String(options.price), thousand: String(options.perThousand) };
        return { name: `task-${taskId}`, model, network: task.document, window: windowOf(architecture), ...prices };
      }),
    );
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
