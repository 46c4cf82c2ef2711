import { clientError } from '@covey/client';
import { computeDeskAnswer, disputeDesk, isAnswer, readDeskDocuments, readDeskRequest } from '@covey/client/inference';
import { coveyText, utcText } from '../../../quantities.ts';
import { taskId as positiveId } from '../../arguments.ts';
import { openCore, openReader, openSender } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions, readerOptions } from '../../options.ts';
import { say } from '../../words/say.ts';
import { toldOfDocument } from './lines.ts';

export const deskDispute = defineCommand({
  name: 'desk dispute',
  summary: 'Compute a request’s answer, and dispute the host’s with the policy’s bond where a bit differs',
  examples: ['desk dispute --request 1 --key-file me.key   # the DAO rules then; who was right gets fee and bond'],
  options: { ...accountOptions, ...readerOptions, request: required('--request <id>', 'request', positiveId) },
  async run(options, out) {
    const covey = await openSender(options);
    const request = await readDeskRequest(covey, options.request);
    const documents = await readDeskDocuments(covey, options.request);
    const output = await computeDeskAnswer(await openCore(), openReader(options), request, documents);
    if (isAnswer(request, output))
      throw clientError('ANSWER_HOLDS', `The answer to the request ${options.request} is the model’s, bit for bit.`);
    const args = { requestId: options.request, output };
    const { tx, gasUsed } = await disputeDesk(covey, args, (event) => out.step(event));
    const { bond, end } = await readDeskRequest(covey, options.request);
    out.result(
      'covey.desk-dispute/1',
      { requestId: options.request, bond, told: toldOfDocument(output), rulingEnd: end, tx, gasUsed },
      [say`disputed request ${options.request} with ${coveyText(bond)}: the DAO rules until ${utcText(BigInt(end))}`],
    );
  },
});
