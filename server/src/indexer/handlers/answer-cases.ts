import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { isAddressEqual, zeroAddress } from 'viem';
import type { Hex } from 'viem';
import { secondsOf } from '../../store/columns.ts';
import { answerCases } from '../../store/schema.ts';
import type { AnswerRow } from '../../store/tables/hosts.ts';
import { cidOrNull } from '../context.ts';
import type { Context, Handlers } from '../context.ts';

type CaseRow = typeof answerCases.$inferInsert;

interface Answer extends Omit<AnswerRow, 'nonce'> {
  nonce: bigint;
}

async function open(
  context: Context,
  row: Omit<CaseRow, 'blockNumber' | 'transactionHash' | 'logIndex' | 'at'>,
): Promise<void> {
  await context.db.insert(answerCases).values({ ...row, ...context.source });
  tell(context, row.id, row.node);
}

function tell({ touch }: Context, id: bigint, node: Hex): void {
  touch('answer-cases', `answer-cases/${id}`, 'hosts', `hosts/${node}`);
}

async function change(context: Context, id: bigint, set: PgUpdateSetSource<typeof answerCases>): Promise<void> {
  const [row] = await context.db.update(answerCases).set(set).where(eq(answerCases.id, id)).returning();
  if (row !== undefined) tell(context, id, row.node);
}

const rowOf = ({ nonce, ...answer }: Answer): AnswerRow => ({ ...answer, nonce: nonce.toString() });

export const answerCaseHandlers: Handlers<'answerCases'> = {
  AnswerAccused: ({ caseId, node, reporter, answer, output, ratio, bond, evidence, contestEnd }, context) =>
    open(context, {
      ...{ id: caseId, kind: 'accused', state: 'open', node, reporter, output, ratio, bond },
      end: secondsOf(BigInt(contestEnd)),
      answer: rowOf(answer),
      evidenceCid: cidOrNull(evidence),
    }),

  AnswerContradicted: ({ caseId, node, reporter, first, second, ratio }, context) =>
    open(context, {
      ...{ id: caseId, kind: 'contradiction', state: 'executed', node, reporter, ratio },
      answer: rowOf(first),
      other: rowOf(second),
      output: second.output,
    }),

  RequestConvicted: ({ caseId, node, reporter, requestId, ratio }, context) =>
    open(context, {
      ...{ id: caseId, kind: 'request', state: 'executed', node, requestId, ratio },
      reporter: isAddressEqual(reporter, zeroAddress) ? null : reporter,
    }),

  AnswerContested: ({ caseId, contester, rulingEnd }, context) =>
    change(context, caseId, { state: 'contested', contester, end: secondsOf(BigInt(rulingEnd)) }),

  AnswerRuled: ({ caseId, wrong }, context) =>
    change(context, caseId, {
      ruling: { wrong, ...context.source },
      // Where it is wrong, AnswerCaseExecuted follows.
      ...(!wrong && { state: 'dismissed' as const, closed: context.source }),
    }),

  AnswerCaseExecuted: ({ caseId, taken }, context) =>
    change(context, caseId, { state: 'executed', taken, closed: context.source }),

  AnswerCaseLapsed: ({ caseId }, context) => change(context, caseId, { state: 'lapsed', closed: context.source }),

  AnswerSlashDistributed: ({ caseId, toTreasury, toReporter }, context) =>
    change(context, caseId, {
      toTreasury: sql`${answerCases.toTreasury} + ${toTreasury}`,
      toReporter: sql`${answerCases.toReporter} + ${toReporter}`,
    }),
};
