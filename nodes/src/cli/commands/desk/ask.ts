import { readScorer } from '@covey/client';
import {
  MAX_DESK_INPUT,
  askDesk,
  findHosts,
  readDeskRequest,
  readTextTokens,
  requireOneModel,
} from '@covey/client/inference';
import { clientError, codecs } from '@covey/client';
import { cidToChain } from '@covey/protocol';
import { encodeRequest, priceOf, type InferenceRequest } from '@covey/protocol/inference';
import { isAddressEqual } from 'viem';
import { coveyText, utcText } from '../../../quantities.ts';
import { amount, duration, ethereumAddress } from '../../arguments.ts';
import { openSender, openStore } from '../../context.ts';
import { defineCommand, optional, preset, required } from '../../define-command.ts';
import { accountOptions, contentOptions } from '../../options.ts';
import { questionOf, questionOptions } from '../../question.ts';
import { say } from '../../words/say.ts';

export const deskAsk = defineCommand({
  name: 'desk ask',
  summary: 'Ask a model on chain, as contracts do: the fee waits until the answer stood undisputed, or goes back',
  examples: [
    'desk ask --model task-1 --row 5.1,3.5,1.4,0.2 --fee 2 --key-file me.key',
    'desk ask --model task-3 --prompt "Once" --tokens 16 --fee 2 --dispute-window 1d --key-file me.key',
  ],
  options: {
    ...accountOptions,
    ...contentOptions,
    model: required('--model <name>', 'its name in an offer, or the CID of its weights'),
    ...questionOptions,
    fee: optional('--fee <amount>', 'COVEY for the answer (default: the price of the cheapest host)', amount),
    host: optional('--host <address>', 'only this host may answer', ethereumAddress),
    answerWindow: preset('--answer-window <time>', 'until when an answer has to come', 3_600, duration),
    disputeWindow: preset('--dispute-window <time>', 'for how long anybody may dispute it', 21_600, duration),
  },
  async run(options, out) {
    const covey = await openSender(options);
    const store = openStore(options);
    const found = await findHosts(covey, store, options.model);
    const { host } = options;
    const hosts = host ? found.filter(({ node }) => isAddressEqual(node, host)) : found;
    requireOneModel(hosts, options.model);
    const [serving] = hosts;
    if (!serving) throw clientError('HOST_NONE', `No host serves ${options.model}.`);
    const { model, network } = serving.model;
    const names = { schema: 'covey.request/1', model, network } as const;
    const request: InferenceRequest = { ...names, ...questionOf(options, await readTextTokens(store, network)) };
    const bytes = encodeRequest(request);
    const input = bytes.length > MAX_DESK_INPUT ? await store.putBlock(codecs.dagJson, bytes) : bytes;
    const fee = options.fee ?? priceOf(serving.model, request);
    const { answerWindow, disputeWindow } = options;
    const { requestId, tx, gasUsed } = await askDesk(
      covey,
      {
        ...{ model: cidToChain(model).digest, scorer: await readScorer(covey), input, host: host ?? null, fee },
        ...{ callbackGas: 0, answerWindow, disputeWindow },
      },
      (event) => out.step(event),
    );
    const { end } = await readDeskRequest(covey, requestId);
    out.result('covey.desk-ask/1', { requestId, fee, answerEnd: end, tx, gasUsed }, [
      say`asked request ${requestId} for ${coveyText(fee)}: an answer comes until ${utcText(BigInt(end))}, or the fee goes back`,
    ]);
  },
});
