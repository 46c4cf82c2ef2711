import { readDeskRequests } from '@covey/client/inference';
import { positive } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, flag, preset } from '../../define-command.ts';
import { chainOptions } from '../../options.ts';
import { lineOf } from './lines.ts';

export const deskList = defineCommand({
  name: 'desk list',
  summary: 'What was asked at the desk, the newest first',
  examples: ['desk list', 'desk list --open --last 100 --json'],
  options: {
    ...chainOptions,
    open: flag('--open', 'only what is neither delivered nor refunded'),
    last: preset('--last <n>', 'look at so many of the newest', 25, positive),
  },
  async run(options, out) {
    const covey = await openChain(options);
    const all = await readDeskRequests(covey, options.last);
    const requests = options.open ? all.filter(({ state }) => state !== 'delivered' && state !== 'refunded') : all;
    out.result('covey.desk-list/1', { requests }, requests.map(lineOf));
  },
});
