import { findHosts, readHosts } from '@covey/client/inference';
import { coveyText } from '../../../quantities.ts';
import { openChain, openReader } from '../../context.ts';
import { defineCommand, optional } from '../../define-command.ts';
import { chainOptions, readerOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const hostList = defineCommand({
  name: 'host list',
  summary: 'Hosts, or those that serve a model with their prices, the cheapest first',
  examples: ['host list', 'host list --model task-1 --json'],
  options: {
    ...chainOptions,
    ...readerOptions,
    model: optional('--model <name>', 'its name in an offer, or the CID of its weights'),
  },
  async run(options, out) {
    const covey = await openChain(options);
    if (options.model === undefined) {
      const hosts = await readHosts(covey);
      const lines = hosts.map(({ node, endpoint, serving, bound }) =>
        serving
          ? say`${node} serves on ${endpoint}, bound ${coveyText(bound)}`
          : say`${node} does not serve, bound ${coveyText(bound)}`,
      );
      out.result('covey.host-list/1', { hosts }, lines);
      return;
    }
    const hosts = await findHosts(covey, openReader(options), options.model);
    out.result(
      'covey.host-list/1',
      { hosts },
      hosts.map(
        ({ node, endpoint, model, rating }) =>
          say`${node} on ${endpoint}: ${coveyText(BigInt(model.request))} a request, ${coveyText(BigInt(model.thousand))} a thousand; rated ${rating ?? '-'}`,
      ),
    );
  },
});
