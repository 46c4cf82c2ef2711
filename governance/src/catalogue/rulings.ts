import { encodeFunctionData } from 'viem';
import { answerCasesAbi, inferenceDeskAbi, resultsAbi, slashCourtAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { disputeVerdicts } from '@covey/contracts/abi/enums';
import type { DisputeVerdictName } from '@covey/contracts/abi/enums';
import type { ResultSummary } from '@covey/protocol';
import type { Action } from './action.ts';

/** Grants an appeal: the slash case ends without a slash. Only inside its appeal window. */
export const overturnSlash = (deployment: Pick<Deployment, 'slashCourt'>, caseId: bigint): Action => ({
  to: deployment.slashCourt,
  value: 0n,
  data: encodeFunctionData({ abi: slashCourtAbi, functionName: 'overturn', args: [caseId] }),
});

/** Takes the creation stake of a task whose round is void because its ciphertext was missing, and ends the task. */
export const ruleCiphertextWithheld = (
  deployment: Pick<Deployment, 'results'>,
  { taskId, round }: { taskId: bigint; round: number },
): Action => ({
  to: deployment.results,
  value: 0n,
  data: encodeFunctionData({ abi: resultsAbi, functionName: 'ruleCiphertextWithheld', args: [taskId, round] }),
});

/** Decides a challenged round for one result, which anyone can check by recomputing. */
export const ruleRound = (
  deployment: Pick<Deployment, 'results'>,
  ruling: { taskId: bigint; round: number; summary: ResultSummary },
): Action => ({
  to: deployment.results,
  value: 0n,
  data: encodeFunctionData({
    abi: resultsAbi,
    functionName: 'rule',
    args: [ruling.taskId, ruling.round, ruling.summary],
  }),
});

/** Decides a contested case about a host's answer, which anyone can check by recomputing: wrong, and the host is slashed, or right. */
export const ruleAnswer = (
  deployment: Pick<Deployment, 'answerCases'>,
  { caseId, wrong }: { caseId: bigint; wrong: boolean },
): Action => ({
  to: deployment.answerCases,
  value: 0n,
  data: encodeFunctionData({ abi: answerCasesAbi, functionName: 'rule', args: [caseId, wrong] }),
});

/** Decides a disputed answer to a contract. */
export const ruleRequest = (
  deployment: Pick<Deployment, 'inferenceDesk'>,
  { requestId, verdict }: { requestId: bigint; verdict: DisputeVerdictName },
): Action => ({
  to: deployment.inferenceDesk,
  value: 0n,
  data: encodeFunctionData({
    abi: inferenceDeskAbi,
    functionName: 'rule',
    args: [requestId, disputeVerdicts.indexOf(verdict)],
  }),
});
