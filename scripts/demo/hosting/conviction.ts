import { gatewayStore } from '@covey/client';
import { closeDueAnswerCases, readAnswerCase, readHost, type AnswerCaseOnChain } from '@covey/client/inference';
import { decodeEvidence, digestOf } from '@covey/protocol/inference';
import { formatEther, type Hex } from 'viem';
import { cast } from '../cast.ts';
import { covey } from '../commands.ts';
import type { Stage } from '../stage.ts';
import type { Bought } from './buying.ts';
import { hostStake, type OfBoth, type Serving } from './serving.ts';

export interface Opened {
  caseId: bigint;
  evidence: string;
  /** sha2-256 of the answer that the host signed, and of the right one. */
  signed: Hex;
  right: Hex;
}

interface Audited {
  answers: number;
  replayed: number;
  wrong: { host: string; output: Hex; right: Hex; caseId: string; evidence: string }[];
}

/** `covey audit --open` computes all that was bought again, and accuses who signed what is wrong. */
export async function openCase(
  { world, checks }: Stage,
  { hosts, bought, log }: { hosts: OfBoth<Serving>; bought: OfBoth<Bought>; log: string },
): Promise<Opened> {
  const mismatch = 3;
  const audited = await covey<Audited>(world, cast.buyer, ['audit', '--answers', log, '--open'], mismatch);
  checks.equal('all twenty answers are computed again', `${audited.replayed} of ${audited.answers}`, '20 of 20');
  checks.equal('one answer is wrong, and the liar’s', audited.wrong.map(({ host }) => host).join(), hosts.liar.node);
  const [{ caseId, output: signed, right, evidence }] = audited.wrong as [Audited['wrong'][0]];
  // The honest host was asked the same: what it signed is what is right.
  const at = bought.liar.answers.findIndex((answer) => answer.signed.output === signed);
  checks.equal('the honest host answered that question rightly', bought.honest.answers[at]?.signed.output, right);
  const documents = decodeEvidence(await gatewayStore(world.serverUrl).get(evidence));
  checks.equal(
    'the evidence on IPFS holds the signed answer and the right one',
    `${digestOf(documents.answer)} ${digestOf(documents.right)}`,
    `${signed} ${right}`,
  );
  return { caseId: BigInt(caseId), evidence, signed, right };
}

/** Once the window has passed in which somebody could have stood up for the host. */
export async function closeCase(
  { world, checks }: Stage,
  { hosts, opened }: { hosts: OfBoth<Serving>; opened: Opened },
  detail: (text: string) => void,
): Promise<AnswerCaseOnChain> {
  const { caseId } = opened;
  const keeper = world.account(cast.keeper);
  const { end } = await readAnswerCase(world.covey, caseId);
  checks.equal('the case cannot be closed before its window ends', await closeDueAnswerCases(keeper, new Set()), 1);
  await world.advanceTo(end + 1);
  await closeDueAnswerCases(keeper, new Set());
  const closed = await readAnswerCase(world.covey, caseId);
  checks.equal('the case was executed', closed.state, 'executed');
  detail(`${hosts.liar.node} loses ${formatEther(closed.taken)} COVEY`);
  const bound = async ({ node }: Serving) => (await readHost(world.covey, node))?.bound;
  checks.equal(
    'what answers for the liar is less by what was taken, and for the honest host as before',
    `${await bound(hosts.liar)}, ${await bound(hosts.honest)}`,
    `${hostStake - closed.taken}, ${hostStake}`,
  );
  return closed;
}
