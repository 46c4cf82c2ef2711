import { readScorer } from '@covey/client';
import { InferenceClient, channelPayer, findHosts, type Question } from '@covey/client/inference';
import { f32Bytes, f32Values, textOfTokens, tokensOfText } from '@covey/protocol/inference';
import { InvalidArgumentError } from 'commander';
import { isAddressEqual } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { join } from 'node:path';
import { nodeError } from '../../errors.ts';
import { addAnswer } from '../../inference/answer-file.ts';
import { filePurse } from '../../inference/file-purse.ts';
import { coveyText } from '../../quantities.ts';
import { openKey } from '../account.ts';
import { amount, decimal, ethereumAddress, integer, positive } from '../arguments.ts';
import { openCore, openReader, openSender, stateDir } from '../context.ts';
import { defineCommand, flag, optional, preset, required } from '../define-command.ts';
import { accountOptions, readerOptions, stateOptions } from '../options.ts';
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
    model: required('--model <name>', 'its name in an offer, or the CID of its weights'),
    prompt: optional('--prompt <text>', 'text to go on with'),
    row: optional('--row <numbers>', 'a row of features of f32, comma-separated', numbers),
    tokens: preset('--tokens <n>', 'text: how many tokens to go on for', 64, positive),
    temperature: preset('--temperature <t>', 'text: 0 takes the likeliest token, up to 2', 0, decimal),
    seed: preset('--seed <n>', 'text: the same seed gives the same text', 0, integer),
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
    const reader = openReader(options);
    const found = await findHosts(covey, reader, options.model);
    const hosts = options.host ? found.filter(({ node }) => isAddressEqual(node, options.host!)) : found;
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
    const proven = await client.ask(hosts, questionOf(options));
    if (options.answers !== undefined) await addAnswer(options.answers, proven);
    const { answer, host, price, signed } = proven;
    const told = answer.kind === 'tokens' ? textOfTokens(answer.tokens) : [...f32Values(answer)];
    out.result('covey.ask/1', { host, price, answer: told, ...signed, signature: proven.signature }, [
      Array.isArray(told) ? told.join(' ') : told,
      say`answered by ${host} for ${coveyText(price)}`,
    ]);
  },
});

function questionOf(options: {
  prompt: string | undefined;
  row: number[] | undefined;
  tokens: number;
  temperature: number;
  seed: number;
}): Question {
  const { prompt, row, tokens, seed } = options;
  if ((prompt === undefined) === (row === undefined))
    throw nodeError('CONFIG_INVALID', 'A model is asked something.', { expected: '--prompt TEXT or --row NUMBERS' });
  if (row) return { kind: 'predict', inputs: f32Bytes(Float32Array.from(row)), rows: 1, values: 'outputs' };
  const temperature = Math.round(options.temperature * 1000);
  return {
    kind: 'generate',
    prompt: tokensOfText(prompt!),
    length: tokens,
    temperature,
    seed: temperature === 0 ? 0 : seed,
    stop: [],
  };
}

function numbers(text: string): number[] {
  const values = text.split(',').map(Number);
  if (values.length === 0 || !values.every(Number.isFinite))
    throw new InvalidArgumentError('Expected numbers, comma-separated.');
  return values;
}
