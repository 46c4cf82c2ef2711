import type { ContentReader } from '@covey/client';
import { integer } from '../cli/arguments.ts';
import { hostServe, hostServeOptions, runHost } from '../cli/commands/host/serve.ts';
import { openReader } from '../cli/context.ts';
import { defineCommand, required, requiredOneOf } from '../cli/define-command.ts';
import { readOffer } from '../inference/offer-file.ts';
import { flippedAt } from './flip.ts';

/** A host whose answers are those of another model than it says. */
export const dishonestHost = defineCommand({
  ...hostServe,
  name: 'host',
  summary: 'Run a dishonest host',
  examples: ['host --attack flip --byte 4095 --offer offer.json'],
  options: {
    ...hostServeOptions,
    attack: requiredOneOf('--attack <kind>', 'how to misbehave', ['flip']),
    byte: required('--byte <n>', 'of each model’s file, whose highest bit is flipped', integer),
  },
  async run(options, out) {
    const { offer } = await readOffer(options.offer);
    const models = new Set(offer.models.map(({ model }) => model));
    const reader = openReader(options);
    const lying: ContentReader = {
      getBlock: (cid, limits) => reader.getBlock(cid, limits),
      async get(cid, limits) {
        const bytes = await reader.get(cid, limits);
        return models.has(cid) ? flippedAt(bytes, options.byte) : bytes;
      },
    };
    await runHost(options, out, lying);
  },
});
