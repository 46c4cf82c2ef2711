import {
  answerCaseKinds,
  answerCaseStates,
  answerCasesAbi,
  type AnswerCaseKindName,
  type AnswerCaseStateName,
  type Deployment,
} from '@covey/contracts/abi';
import { cidToChain, decodeEnum } from '@covey/protocol';
import type { SignedAnswer } from '@covey/protocol/inference';
import { isAddressEqual, zeroAddress, type Address, type Hex } from 'viem';
import type { CoveyChain, CoveyWriter } from '../chain/chain.ts';
import { chainError, ignoring } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { chainTime } from '../chain/phase.ts';
import { readPolicyNumber } from '../chain/read-policy.ts';
import type { Sent } from '../chain/sender.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { ensureAllowance } from '../stake/allowance.ts';

/** A case about an answer. Amounts in wei. */
export interface AnswerCaseOnChain {
  caseId: bigint;
  node: Address;
  /** Null where nobody brought it, or nobody stood up for the host. */
  reporter: Address | null;
  contester: Address | null;
  kind: AnswerCaseKindName;
  state: AnswerCaseStateName;
  /** Until when it may be contested, or ruled once it is; unix seconds. */
  end: number;
  ratio: bigint;
  bond: bigint;
  taken: bigint;
}

const contract = (deployment: Pick<Deployment, 'answerCases'>) =>
  ({ address: deployment.answerCases, abi: answerCasesAbi }) as const;

export async function readAnswerCase(covey: CoveyChain, caseId: bigint): Promise<AnswerCaseOnChain> {
  try {
    const found = await covey.publicClient.readContract({
      ...contract(covey.deployment),
      functionName: 'answerCase',
      args: [caseId],
    });
    const { node, reporter, contester, end, ratio, bond, taken } = found;
    return {
      ...{ caseId, node, end, ratio, bond, taken },
      reporter: orNull(reporter),
      contester: orNull(contester),
      kind: decodeEnum(answerCaseKinds, found.kind),
      state: decodeEnum(answerCaseStates, found.state),
    };
  } catch (cause) {
    throw chainError(cause, `reading the case ${caseId}`);
  }
}

const orNull = (address: Address) => (isAddressEqual(address, zeroAddress) ? null : address);

export interface Accusation {
  node: Address;
  answer: SignedAnswer;
  signature: Hex;
  /** sha2-256 of the right answer's document. */
  output: Hex;
  /** CID of the `covey.evidence/1`. */
  evidence: string;
}

/** Says that a signed answer is wrong, with the policy's bond. */
export async function accuseHost(
  covey: CoveyWriter,
  { node, answer, signature, output, evidence }: Accusation,
  onEvent: OnAction = ignoreActions,
): Promise<Sent & { caseId: bigint }> {
  const { deployment, sender } = covey;
  await ensureAllowance(covey, deployment.answerCases, await readPolicyNumber(covey, 'answerBond'), onEvent);
  const args = [node, answer, signature, output, cidToChain(evidence)] as const;
  const sent = await sender.send({ ...contract(deployment), functionName: 'accuse', args });
  const { caseId } = eventIn(sent.receipt, deployment.answerCases, answerCasesAbi, 'AnswerAccused').args;
  return { ...sent, caseId };
}

/** Two answers that a host signed to one question: it is slashed at once. */
export async function contradictHost(
  covey: CoveyWriter,
  node: Address,
  [first, second]: readonly [Signed, Signed],
): Promise<Sent & { caseId: bigint }> {
  const { deployment, sender } = covey;
  const args = [node, first.answer, first.signature, second.answer, second.signature] as const;
  const sent = await sender.send({ ...contract(deployment), functionName: 'contradict', args });
  const { caseId } = eventIn(sent.receipt, deployment.answerCases, answerCasesAbi, 'AnswerContradicted').args;
  return { ...sent, caseId };
}

export interface Signed {
  answer: SignedAnswer;
  signature: Hex;
}

/** Stands up for a host, with the same bond. */
export async function contestAnswerCase(
  covey: CoveyWriter,
  { caseId, bond }: Pick<AnswerCaseOnChain, 'caseId' | 'bond'>,
  onEvent: OnAction = ignoreActions,
): Promise<Sent> {
  await ensureAllowance(covey, covey.deployment.answerCases, bond, onEvent);
  return await covey.sender.send({ ...contract(covey.deployment), functionName: 'contest', args: [caseId] });
}

/** Slashes the host of a case that nobody contested in time; of one on which nobody ruled it gives the bonds back. */
export async function closeAnswerCase(
  covey: CoveyWriter,
  { caseId, state }: Pick<AnswerCaseOnChain, 'caseId' | 'state'>,
): Promise<Sent> {
  const functionName = state === 'contested' ? 'lapse' : 'execute';
  return await covey.sender.send({ ...contract(covey.deployment), functionName, args: [caseId] });
}

/**
 * Ends every case whose window has passed: slashes where nobody contested, gives the bonds back where nobody ruled. Returns
 * how many are left. `over` are cases that an earlier look found ended; those that this one finds are added.
 */
export async function closeDueAnswerCases(
  covey: CoveyWriter,
  over: Set<bigint>,
  onEvent: OnAction = ignoreActions,
): Promise<number> {
  const total = await covey.publicClient.readContract({ ...contract(covey.deployment), functionName: 'caseCount' });
  const now = await chainTime(covey);
  let left = 0;
  for (let caseId = 1n; caseId <= total; caseId++) {
    if (over.has(caseId)) continue;
    const found = await readAnswerCase(covey, caseId);
    if (found.state !== 'open' && found.state !== 'contested') over.add(caseId);
    else if (now <= BigInt(found.end)) left++;
    else {
      // Somebody else may be faster.
      const sent = await ignoring(['WrongAnswerCaseState', 'AnswerWindowOpen'], () => closeAnswerCase(covey, found));
      if (!sent) continue;
      const { taken, node } = await readAnswerCase(covey, caseId);
      onEvent({ event: 'answer-case-closed', caseId, node, taken, tx: sent.tx, gasUsed: sent.gasUsed });
    }
  }
  return left;
}
