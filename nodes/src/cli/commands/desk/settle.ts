import { chainTime, clientError } from '@covey/client';
import { deliverDesk, endOfDeskRequest, readDeskDocuments, readDeskRequest, refundDesk } from '@covey/client/inference';
import { coveyText, utcText } from '../../../quantities.ts';
import { taskId as positiveId } from '../../arguments.ts';
import { openSender } from '../../context.ts';
import { defineCommand, required } from '../../define-command.ts';
import { accountOptions } from '../../options.ts';
import { phrase, say } from '../../words/say.ts';

export const deskSettle = defineCommand({
  name: 'desk settle',
  summary: 'End a request whose window is over: deliver its answer and pay for it, or give the fee back',
  examples: ['desk settle --request 1 --key-file any.key   # any account may'],
  options: { ...accountOptions, request: required('--request <id>', 'request', positiveId) },
  async run(options, out) {
    const covey = await openSender(options);
    const request = await readDeskRequest(covey, options.request);
    const { requestId, fee, payee, asker } = request;
    const end = endOfDeskRequest(request, await readDeskDocuments(covey, requestId), await chainTime(covey));
    if (end === null)
      throw clientError('REQUEST_PENDING', `The request ${requestId} cannot be ended now.`, {
        got: `${phrase(request.state)}, ${utcText(BigInt(request.end))}`,
      });
    if (end.step === 'refund') {
      const { tx, gasUsed } = await refundDesk(covey, requestId);
      out.result('covey.desk-settle/1', { requestId, step: 'refund', fee, called: null, tx, gasUsed }, [
        say`gave ${coveyText(fee)} back to ${asker}`,
      ]);
      return;
    }
    const { tx, gasUsed, called } = await deliverDesk(covey, { requestId, output: end.output });
    out.result('covey.desk-settle/1', { requestId, step: 'deliver', fee, called, tx, gasUsed }, [
      say`delivered the answer to request ${requestId}; ${payee ?? '-'} was paid ${coveyText(fee)} less the market’s fee`,
    ]);
  },
});
