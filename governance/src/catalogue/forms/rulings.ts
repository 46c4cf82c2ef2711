import { disputeVerdicts } from '@covey/contracts/abi/enums';
import type { DisputeVerdictName } from '@covey/contracts/abi/enums';
import { ONE, cidFromChain, cidToChain } from '@covey/protocol';
import type { ResultSummary } from '@covey/protocol';
import { overturnSlash, ruleAnswer, ruleCiphertextWithheld, ruleRequest, ruleRound } from '../rulings.ts';
import { argsOf, defineForm } from './form.ts';

export const rulingForms = [
  defineForm({
    kind: 'slash.overturn',
    fields: { caseId: { type: 'id', min: 1n } },
    build: (deployment, { caseId }) => overturnSlash(deployment, caseId),
    read: (calls) => argsOf<{ caseId: bigint }>(calls, 'slashCourt', 'overturn'),
  }),
  defineForm({
    kind: 'answer.rule',
    fields: { answerCaseId: { type: 'id', min: 1n }, wrong: { type: 'flag' } },
    build: (deployment, { answerCaseId, wrong }) => ruleAnswer(deployment, { caseId: answerCaseId, wrong }),
    read(calls) {
      const args = argsOf<{ caseId: bigint; wrong: boolean }>(calls, 'answerCases', 'rule');
      return args && { answerCaseId: args.caseId, wrong: args.wrong };
    },
  }),
  defineForm({
    kind: 'answer.request',
    fields: { requestId: { type: 'id', min: 1n }, verdict: { type: 'choice', options: disputeVerdicts } },
    build: (deployment, { requestId, verdict }) =>
      ruleRequest(deployment, { requestId, verdict: verdict as DisputeVerdictName }),
    read(calls) {
      const args = argsOf<{ requestId: bigint; verdict: number }>(calls, 'inferenceDesk', 'rule');
      const verdict = args && disputeVerdicts[args.verdict];
      return verdict && { requestId: args.requestId, verdict };
    },
  }),
  defineForm({
    kind: 'round.ciphertext',
    fields: { taskId: { type: 'id', min: 1n }, round: { type: 'id', max: 2n ** 32n - 1n } },
    build: (deployment, { taskId, round }) => ruleCiphertextWithheld(deployment, { taskId, round: Number(round) }),
    read(calls) {
      const args = argsOf<{ taskId: bigint; round: number }>(calls, 'results', 'ruleCiphertextWithheld');
      return args && { taskId: args.taskId, round: BigInt(args.round) };
    },
  }),
  defineForm({
    kind: 'round.rule',
    // The summary of a result document, as `summariseResult` of @covey/protocol gives it.
    fields: {
      taskId: { type: 'id', min: 1n },
      round: { type: 'id', max: 2n ** 32n - 1n },
      documentDigest: { type: 'hash' },
      claimsRoot: { type: 'hash' },
      claimants: { type: 'count', max: 2n ** 32n - 1n },
      paidSeats: { type: 'count', max: 2n ** 32n - 1n },
      sumWeights: { type: 'count' },
      trainersRatio: { type: 'count', max: ONE },
      model: { type: 'cid' },
      refereeRoot: { type: 'hash' },
      shardInvalid: { type: 'flag' },
    },
    build: (deployment, { taskId, round, model, claimants, paidSeats, ...summary }) =>
      ruleRound(deployment, {
        taskId,
        round: Number(round),
        summary: {
          ...summary,
          claimants: Number(claimants),
          paidSeats: Number(paidSeats),
          model: cidToChain(model),
        },
      }),
    read(calls) {
      const args = argsOf<{ taskId: bigint; round: number; summary: ResultSummary }>(calls, 'results', 'rule');
      if (!args) return undefined;
      const { model, claimants, paidSeats, ...summary } = args.summary;
      return {
        taskId: args.taskId,
        round: BigInt(args.round),
        ...summary,
        claimants: BigInt(claimants),
        paidSeats: BigInt(paidSeats),
        model: cidFromChain(model),
      };
    },
  }),
] as const;
