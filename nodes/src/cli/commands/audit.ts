import { accuseHost, fetchInferenceModel, isHostSigner, publishEvidence, replayAnswer } from '@covey/client/inference';
import { clientError, isRevert } from '@covey/client';
import { isCoveyError, type CoveyError } from '@covey/errors';
import type { InferenceModel } from '@covey/protocol/inference';
import type { Address, Hex } from 'viem';
import { nodeError } from '../../errors.ts';
import { readAnswers, type LoggedAnswer } from '../../inference/answer-file.ts';
import { withLocalModels } from '../../inference/local-models.ts';
import { decimal } from '../arguments.ts';
import { openCore, openReader, openSender, openStore } from '../context.ts';
import { defineCommand, flag, preset, required } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { accountOptions, modelFileOption, readerOptions } from '../options.ts';
import type { Output } from '../output.ts';
import { say } from '../words/say.ts';

export const audit = defineCommand({
  name: 'audit',
  summary: 'Compute signed answers again; where a bit differs, open a case about the host',
  examples: [
    'audit --answers answers.jsonl --share 0.1 --key-file me.key',
    'audit --answers .covey/state/host/answers.jsonl --open   # with the bond of the policy',
    'audit --answers answers.jsonl --model-file model.safetensors   # of a sealed model, opened by `covey pull`',
  ],
  options: {
    ...accountOptions,
    ...readerOptions,
    ...modelFileOption,
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
    const reader = await withLocalModels(openReader(options), options.modelFile);
    const signers = new Map<string, Promise<boolean>>();
    const isOf = (host: Address, signer: Address) => {
      const known = signers.get(`${host}/${signer}`) ?? isHostSigner(covey, host, signer);
      signers.set(`${host}/${signer}`, known);
      return known;
    };
    /** What is right, where another thing was signed. Throws where it cannot be said. */
    const judge = async (logged: LoggedAnswer) => {
      const { request, host, signer } = logged;
      if (!(await isOf(host, signer))) {
        throw clientError('HOST_ANSWER_INVALID', 'The answer is not signed by its host.', {
          expected: `a key that ${host} named`,
          got: signer,
        });
      }
      const key = `${request.model}/${request.network}`;
      const model = models.get(key) ?? fetchInferenceModel(reader, request);
      models.set(key, model);
      return replayAnswer(core, await model, logged);
    };
    let [seen, replayed] = [0, 0];
    const wrong: { host: string; output: Hex; right: Hex; caseId: bigint | null; evidence: string }[] = [];
    const unjudged: { line: number; code: string; message: string }[] = [];
    const leave = (line: number, { code, shortMessage: message }: CoveyError) => {
      out.progress(say`line ${line} cannot be judged: ${code}: ${message}`);
      unjudged.push({ line, code, message });
    };
    for await (const { line, logged, error } of readAnswers(options.answers, covey.deployment)) {
      seen++;
      if (error) leave(line, error);
      if (!logged || Math.random() >= options.share) continue;
      const { host, signed, signature } = logged;
      const found = await judge(logged).catch((reason: unknown) => {
        // Without the chain nobody's key is known: nothing in the file can be judged.
        if (isCoveyError(reason) && reason.code !== 'CHAIN_UNREACHABLE') return reason;
        throw reason;
      });
      if (isCoveyError(found)) {
        leave(line, found);
        continue;
      }
      if (++replayed % 100 === 0) out.progress(say`${replayed} answers computed`);
      if (!found) continue;
      out.progress(say`${host} signed ${signed.output}; right is ${found.output}`);
      let caseId: bigint | null = null;
      if (options.open) {
        const evidence = await publishEvidence(openStore(options), found);
        const accusation = { node: host, answer: signed, signature, output: found.output, evidence };
        caseId = await accused(
          accuseHost(covey, accusation, (event) => out.step(event)),
          out,
        );
      }
      wrong.push({ host, output: signed.output, right: found.output, caseId, evidence: found.cid });
    }
    if (wrong.length > 0) process.exitCode = exitCodes.mismatch.code;
    else if (unjudged.length > 0) process.exitCode = exitCodes.unjudged.code;
    out.result('covey.audit/1', { answers: seen, replayed, wrong, unjudged }, [
      say`${replayed} of ${seen} answers computed again, ${wrong.length} wrong`,
      ...(unjudged.length > 0 ? [say`${unjudged.length} could not be judged`] : []),
      ...wrong.map(({ host, caseId }) =>
        caseId === null ? say`${host}: wrong` : say`${host}: wrong, case ${caseId} is open`,
      ),
    ]);
  },
});

/** Null where the contract refused, as of an answer that somebody else accused: the others are gone on with. */
async function accused(sent: ReturnType<typeof accuseHost>, out: Output): Promise<bigint | null> {
  try {
    return (await sent).caseId;
  } catch (error) {
    if (!isRevert(error)) throw error;
    out.progress(say`no case was opened: ${error.message}`);
    return null;
  }
}
