import { readScorer } from '@covey/client';
import { InferenceClient, channelPayer, findHosts, readTextTokens, requireOneModel } from '@covey/client/inference';
import { byteTokens } from '@covey/protocol/inference';
import { isAddressEqual } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { join } from 'node:path';
import { addAnswer } from '../../inference/answer-file.ts';
import { filePurse } from '../../inference/file-purse.ts';
import { withLocalModels } from '../../inference/local-models.ts';
import { coveyText } from '../../quantities.ts';
import { openKey } from '../account.ts';
import { amount, decimal, ethereumAddress } from '../arguments.ts';
import { openCore, openReader, openSender, stateDir } from '../context.ts';
import { defineCommand, flag, optional, preset, required } from '../define-command.ts';
import { accountOptions, modelFileOption, readerOptions, stateOptions } from '../options.ts';
import { questionOf, questionOptions, toldOf } from '../question.ts';
import { say } from '../words/say.ts';

export const ask = defineCommand({
  name: 'ask',
  summary:
    'Ask a model through a host: pay by a voucher, check hash and signature, go on to another host where one fails',
  examples: [
    'ask --model task-3 --prompt "Once upon a time" --tokens 100 --key-file me.key',
    'ask --model task-1 --row 5.1,3.5,1.4,0.2 --check 1   # compute the answer again here',
  ],
  options: {
    ...accountOptions,
    ...readerOptions,
    ...stateOptions,
    ...modelFileOption,
    model: required('--model <name>', 'its name in an offer, or the CID of its weights'),
    ...questionOptions,
    host: optional('--host <address>', 'ask this host alone', ethereumAddress),
    deposit: preset('--deposit <amount>', 'COVEY to open a channel with, and to top it up by', 10n ** 18n, amount),
    maxPrice: optional('--max-price <amount>', 'most that one answer may cost, in COVEY', amount),
    check: preset('--check <share>', 'part of answers to compute again here, 0 to 1', 0, decimal),
    answers: optional('--answers <file>', 'add the signed answer to this log, for `audit`'),
    free: flag('--free', 'pay nothing: hosts that answer for nothing'),
    insecure: flag('--insecure', 'ask hosts without TLS, too: on one machine'),
  },
  async run(options, out) {
    const covey = await openSender(options);
    const reader = await withLocalModels(openReader(options), options.modelFile);
    const found = await findHosts(covey, reader, options.model);
    const hosts = options.host ? found.filter(({ node }) => isAddressEqual(node, options.host!)) : found;
    requireOneModel(hosts, options.model);
    const core = options.check > 0 ? await openCore() : null;
    const client = new InferenceClient({
      deployment: covey.deployment,
      scorer: await readScorer(covey),
      payer: options.free
        ? null
        : channelPayer({
            covey,
            signer: privateKeyToAccount(await openKey(options)),
            purse: filePurse(join(stateDir(options), 'channels')),
            deposit: options.deposit,
            onEvent: (event) => out.step(event),
          }),
      maxPrice: options.maxPrice,
      insecure: options.insecure === true,
      ...(core && { check: { core, reader, share: options.check } }),
      onFailure: ({ host, code, message }) => out.progress(`${host}: ${code}: ${message}`),
    });
    const [first] = hosts;
    const text = first && options.prompt !== undefined ? await readTextTokens(reader, first.model.network) : byteTokens;
    const proven = await client.ask(hosts, questionOf(options, text));
    if (options.answers !== undefined) await addAnswer(options.answers, proven);
    const { answer, host, price, signed } = proven;
    const told = toldOf(answer, text);
    out.result('covey.ask/1', { host, price, answer: told, ...signed, signature: proven.signature }, [
      Array.isArray(told) ? told.join(' ') : told,
      say`answered by ${host} for ${coveyText(price)}`,
    ]);
  },
});
