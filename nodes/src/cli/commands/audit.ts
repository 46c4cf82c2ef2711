import { accuseHost, fetchInferenceModel, isHostSigner, publishEvidence, replayAnswer } from '@covey/client/inference';
import type { InferenceModel } from '@covey/protocol/inference';
import type { Address, Hex } from 'viem';
import { nodeError } from '../../errors.ts';
import { readAnswers } from '../../inference/answer-file.ts';
import { decimal } from '../arguments.ts';
import { openCore, openReader, openSender, openStore } from '../context.ts';
import { defineCommand, flag, preset, required } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { accountOptions, readerOptions } from '../options.ts';
import { say } from '../words/say.ts';

export const audit = defineCommand({
  name: 'audit',
  summary: 'Compute signed answers again; where a bit differs, open a case about the host',
  examples: [
    'audit --answers answers.jsonl --share 0.1 --key-file me.key',
    'audit --answers .covey/state/host/answers.jsonl --open   # with the bond of the policy',
  ],
  options: {
    ...accountOptions,
    ...readerOptions,
    answers: required('--answers <file>', 'a log of signed answers: a host’s, or that of `ask --answers`'),
    share: preset('--share <ratio>', 'part of the answers to compute, drawn at random; 1 is all', 1, decimal),
    open: flag('--open', 'open a case about each wrong answer'),
  },
  async run(options, out) {
    if (!(options.share > 0 && options.share <= 1))
      throw nodeError('CONFIG_INVALID', 'An audit needs a part of the answers.', {
        expected: '--share above 0, up to 1',
      });
    const covey = await openSender(options);
    const core = await openCore();
    const models = new Map<string, Promise<InferenceModel>>();
    const reader = openReader(options);
    let [seen, replayed, foreign] = [0, 0, 0];
    const signers = new Map<string, Promise<boolean>>();
    const isOf = (host: Address, signer: Address) => {
      const known = signers.get(`${host}/${signer}`) ?? isHostSigner(covey, host, signer);
      signers.set(`${host}/${signer}`, known);
      return known;
    };
    const wrong: { host: string; output: Hex; right: Hex; caseId: bigint | null; evidence: string }[] = [];
    for await (const proven of readAnswers(options.answers, covey.deployment)) {
      seen++;
      if (Math.random() >= options.share) continue;
      const { request, host, signed, signature, signer } = proven;
      if (!(await isOf(host, signer))) {
        out.progress(say`${signer} signed an answer, and is no signer of ${host}`);
        foreign++;
        continue;
      }
      const key = `${request.model}/${request.network}`;
      const model = models.get(key) ?? fetchInferenceModel(reader, request);
      models.set(key, model);
      const found = replayAnswer(core, await model, proven);
      if (++replayed % 100 === 0) out.progress(say`${replayed} answers computed`);
      if (!found) continue;
      out.progress(say`${host} signed ${signed.output}; right is ${found.output}`);
      let caseId: bigint | null = null;
      if (options.open) {
        const evidence = await publishEvidence(openStore(options), found);
        const accusation = { node: host, answer: signed, signature, output: found.output, evidence };
        caseId = (await accuseHost(covey, accusation, (event) => out.step(event))).caseId;
      }
      wrong.push({ host, output: signed.output, right: found.output, caseId, evidence: found.cid });
    }
    if (wrong.length > 0) process.exitCode = exitCodes.mismatch.code;
    out.result('covey.audit/1', { answers: seen, replayed, foreign, wrong }, [
      say`${replayed} of ${seen} answers computed again, ${wrong.length} wrong`,
      ...wrong.map(({ host, caseId }) =>
        caseId === null ? say`${host}: wrong` : say`${host}: wrong, case ${caseId} is open`,
      ),
    ]);
  },
});
