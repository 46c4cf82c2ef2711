import { readActingFor } from '@covey/client';
import { readHost, releaseHost, resignHost } from '@covey/client/inference';
import { utcText } from '../../../quantities.ts';
import { openSender } from '../../context.ts';
import { defineCommand } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { say } from '../../words/say.ts';

export const hostLeave = defineCommand({
  name: 'host leave',
  summary: 'Leave the registry of hosts; later, once no case can be opened, free the stake',
  examples: ['host leave --key-file host.key   # and once more when the window for cases is over'],
  options: { ...accountOptions },
  async run(options, out) {
    const covey = await openSender(options);
    const node = await readActingFor(covey, covey.sender.address);
    const isGone = (await readHost(covey, node))?.state === 'left';
    const { tx, gasUsed } = isGone ? await releaseHost(covey, node) : await resignHost(covey);
    const casesEnd = (await readHost(covey, node))?.casesEnd ?? 0;
    out.result('covey.host-leave/1', { node, released: isGone, casesEnd, tx, gasUsed }, [
      isGone
        ? say`the stake of ${node} is free`
        : say`left; cases can be opened until ${utcText(BigInt(casesEnd))}, then run this again`,
    ]);
  },
});
