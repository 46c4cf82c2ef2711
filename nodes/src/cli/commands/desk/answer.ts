import { answerDesk, computeDeskAnswer, readDeskDocuments, readDeskRequest } from '@covey/client/inference';
import { coveyText, utcText } from '../../../quantities.ts';
import { taskId as positiveId } from '../../arguments.ts';
import { openCore, openReader, openSender } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions, officeOptions, readerOptions } from '../../options.ts';
import { say } from '../../words/say.ts';
import { toldOfDocument } from './lines.ts';

export const deskAnswer = defineCommand({
  name: 'desk answer',
  summary: 'Compute the answer to a request and give it, as a host; `host serve --desk` does it unattended',
  examples: ['desk answer --request 1 --key-file host.key'],
  options: {
    ...accountOptions,
    ...readerOptions,
    ...officeOptions,
    request: required('--request <id>', 'request', positiveId),
  },
  async run(options, out) {
    const covey = await openSender(options);
    const request = await readDeskRequest(covey, options.request);
    const documents = await readDeskDocuments(covey, options.request);
    const output = await computeDeskAnswer(await openCore(), openReader(options), request, documents);
    const node = options.node ?? covey.sender.address;
    const { tx, gasUsed } = await answerDesk(covey, { requestId: options.request, node, output });
    const { end, fee } = await readDeskRequest(covey, options.request);
    out.result(
      'covey.desk-answer/1',
      { requestId: options.request, node, told: toldOfDocument(output), disputeEnd: end, tx, gasUsed },
      [say`answered request ${options.request}: ${coveyText(fee)} unless disputed until ${utcText(BigInt(end))}`],
    );
  },
});
