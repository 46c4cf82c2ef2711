import { formatEther } from 'viem';
import type { Account, Measure, RoundRecord } from '../../../simulation/index.ts';
import { say } from '../../words/say.ts';
import { groupBy } from '../../../simulation/group-by.ts';

/** Nodes that are shown one by one. */
const SHOWN = 40;

/** Covey to a hundredth. */
export function covey(wei: bigint): string {
  return Number(formatEther(wei)).toFixed(2);
}

export function measured({ loss, accuracy }: Measure): string {
  return Number.isNaN(accuracy)
    ? say`loss ${loss.toPrecision(4)}`
    : say`loss ${loss.toPrecision(4)}, ${accuracy.toFixed(2)} % right`;
}

/** A round as it ends: the model, what was paid, and each node's pay so far. */
export function roundLines(record: RoundRecord, rounds: number, trainers: readonly Account[]): string[] {
  const { round, submissions, contributors, paid, pool } = record;
  const what = record.void === null ? '' : say`void (${record.void}), `;
  const first = say`round ${round + 1}/${rounds}: ${what}${measured(record.measure)}; ${submissions} updates, ${contributors} paid; ${covey(paid)} of ${covey(pool)} COVEY`;
  const pays = trainers.map(({ earned }) => earned);
  if (trainers.length <= SHOWN) return [first, say`  pay so far: ${pays.map((pay) => covey(pay)).join(' ')}`];
  const sorted = pays.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const at = (part: number) => covey(sorted[Math.round(part * (sorted.length - 1))]!);
  return [
    first,
    say`  pay so far: least ${at(0)}, quarter ${at(0.25)}, half ${at(0.5)}, three quarters ${at(0.75)}, most ${at(1)}`,
  ];
}

/** What all nodes of a strategy have, and how a node of it is paid beside an honest one. */
export interface StrategyRow {
  strategy: string;
  nodes: number;
  /** Rounds with a seat, and of those with pay. */
  seated: number;
  paid: number;
  earned: bigint;
  slashed: bigint;
  /** Pay a node, over that of an honest one; null where there is none. */
  beside: number | null;
}

export function byStrategy(trainers: readonly Account[]): StrategyRow[] {
  const groups = groupBy(trainers, ({ strategy }) => strategy);
  const each = (some: readonly Account[]) => Number(sum(some, ({ earned }) => earned)) / some.length;
  const honest = groups.get('honest');
  return [...groups].map(([strategy, some]) => ({
    strategy,
    nodes: some.length,
    seated: some.reduce((total, { seated }) => total + seated, 0),
    paid: some.reduce((total, { paid }) => total + paid, 0),
    earned: sum(some, ({ earned }) => earned),
    slashed: sum(some, ({ slashed }) => slashed),
    beside: honest && each(honest) > 0 ? each(some) / each(honest) : null,
  }));
}

export function strategyTable(rows: readonly StrategyRow[]): string[] {
  return table(
    [
      ...[say`strategy`, say`nodes`, say`rounds seated`, say`rounds paid`, 'COVEY', say`COVEY a node`],
      ...[say`beside honest`, say`slashed`],
    ],
    rows.map(({ strategy, nodes, seated, paid, earned, beside, slashed }) => [
      strategy,
      `${nodes}`,
      `${seated}`,
      `${paid}`,
      covey(earned),
      covey(earned / BigInt(nodes)),
      beside?.toFixed(2) ?? '–',
      covey(slashed),
    ]),
  );
}

/** All nodes; of many, those that earned most and least. */
export function nodeTable(trainers: readonly Account[], samples: readonly number[]): string[] {
  const all = trainers.map((account, node) => ({ node, ...account }));
  const order = all.toSorted((a, b) => (a.earned > b.earned ? -1 : a.earned < b.earned ? 1 : a.node - b.node));
  const shown = all.length <= SHOWN ? all : [...order.slice(0, SHOWN / 2), ...order.slice(-SHOWN / 2)];
  const lines = table(
    [say`node`, say`strategy`, say`samples`, say`rounds seated`, say`rounds paid`, 'COVEY'],
    shown.map(({ node, strategy, seated, paid, earned }) => [
      `${node}`,
      strategy,
      `${samples[node]}`,
      `${seated}`,
      `${paid}`,
      covey(earned),
    ]),
  );
  return shown.length === all.length
    ? lines
    : [say`of ${all.length} nodes those that earned most and least:`, ...lines];
}

function sum(accounts: readonly Account[], of: (account: Account) => bigint): bigint {
  return accounts.reduce((total, account) => total + of(account), 0n);
}

/** Words to the left, numbers to the right. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, c) => Math.max(...[title, ...rows.map((row) => row[c]!)].map(columnsOf)));
  const isWord = header.map((_, c) => rows.some((row) => Number.isNaN(Number(row[c])) && row[c] !== '–'));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => {
        const blank = ' '.repeat(widths[c]! - columnsOf(cell));
        return isWord[c] ? `${cell}${blank}` : `${blank}${cell}`;
      })
      .join('  ')
      .trimEnd();
  return [line(header), ...rows.map(line)];
}

/** Columns of a terminal: a Chinese character takes two. */
const columnsOf = (text: string): number =>
  text.length + (text.match(/[\p{Script=Han}\u3000-\u303f\uff00-\uff60]/gu)?.length ?? 0);
