import type { Report } from './report.ts';
import { percent, table, text } from './table.ts';

/** What is measured beside attacks on the rule, in its order on the page. */
export function otherSections(report: Report): string[] {
  return [publicTraining, economy, wash, shapley, scale, growth].flatMap((section) => section(report));
}

function publicTraining({ sections }: Report): string[] {
  if (!sections.public) return [];
  const lines = sections.public.rows.map((row) =>
    [
      ...[row.what, row.alpha ? `Dirichlet ${row.alpha}` : 'IID', row.publicEpochs, row.attack, row.hostile, row.seeds],
      ...[text(row.accuracy), text(row.pay), text(row.latePay), row.most.toFixed(2)],
      ...[percent(row.paidHonest), percent(row.paidOut)],
    ].join(' | '),
  );
  const header =
    'nodes | split | public epochs | strategy | of so many nodes | seeds | accuracy | pay / honest beside | in rounds 5 to 8 | most of a seed there | honest nodes with pay in such a round | of the training nodes’ part paid';
  return [
    `## How long the core itself trains

Eight rounds, shards of 1,000. Longer public training makes the base sure of itself on what is open, and late rounds have little
left to give: what makes the model less sure, be it wrong labels, then lowers the loss of a hidden shard. Rows of _honest_ are
the same seats with honest work, which shows how far pay moves by itself. _8 nodes_ train two epochs with momentum on 600
digits, as in the demo; a new task has one epoch ([decision 0041](../decisions/0041-one-epoch-of-public-training.md)).`,
    table(header, lines),
  ];
}

function economy({ sections }: Report): string[] {
  if (!sections.economy) return [];
  const lines = sections.economy.rows.map((row) =>
    [
      row.what,
      `${Math.round(row.hostile * 100)} %`,
      row.seeds,
      text(row.pay),
      percent(row.slashed),
      text(row.others),
      percent(row.ruled),
      percent(row.void),
    ].join(' | '),
  );
  const header =
    'who | hostile | seeds | pay a stake, over the honest of its role | stake slashed | pay of honest training nodes, over the play without it | rounds ruled | rounds void';
  return [
    `## Stake, seats, slashes

24 training nodes and 100 validators, three rounds, a small network. Slashes are those that a closed round proves, each
reported. The DAO rules by what it recomputes, unless said. What a round does not pay is carried to the next, so that the
pay of others rises where somebody earned nothing.`,
    table(header, lines),
  ];
}

function wash({ sections }: Report): string[] {
  if (!sections.wash) return [];
  const lines = sections.wash.rows.map((row) =>
    [
      ...[row.what, `${Math.round(row.share * 100)} %`, row.multiplier, row.funded, row.seeds],
      ...[text(row.spent, 0), text(row.pay, 0), text(row.minted, 0), text(row.profit, 0), text(row.elsewhere, 0)],
      row.perSpent ? text(row.perSpent, 3) : '–',
    ].join(' | '),
  );
  const header =
    'funds | of all stake | multiplier | funded | seeds | spent | its nodes’ pay | emission of the task | profit | honest in the others’ task | profit of one more COVEY spent';
  return [
    `## Wash funding

A creator funds a task to itself: all nodes and validators of a task of its own are its own, or it adds to the funds of the
others' task, in which it has so much of all seats. Every token of stake is allocated to one of both tasks; the others' task has
4,000 COVEY and multiplier 1; rounds take a day, four of them; amounts in COVEY over the play. _Honest in the others' task_ is what
the same stake is paid where it funds nothing and works there. A fee of 1 % is lost and emission does not ask who funded what, so
every COVEY more that is spent loses. A sham that the DAO approves with a multiplier earns by its stake, within the interval as much
as the same stake by honest work elsewhere: no more, but it costs the others as much emission and gives them nothing. What stands
against it is the multiplier, which is 0 until the DAO votes otherwise. The least that can be funded opens its rounds (100 COVEY each).`,
    table(header, lines),
  ];
}

function shapley({ sections }: Report): string[] {
  if (!sections.shapley) return [];
  const lines = sections.shapley.rows.map((row) =>
    [row.what, row.alpha ? `Dirichlet ${row.alpha}` : 'IID', row.seeds, row.permutations, text(row.correlation)].join(
      ' | ',
    ),
  );
  return [
    `## Pay against Shapley values

A coalition is worth what the plain mean of its updates takes off the loss of the round's shard; values of four rounds are
added and held against the pay of the whole play. _mixed_: one each of label flip, sign flip, lazy, opened shifted, replay
and zeros among 20 nodes. The aim is a rank correlation of 0.8.`,
    table('nodes | split | seeds | sampled orders a round | rank correlation (Spearman)', lines),
  ];
}

function scale({ sections }: Report): string[] {
  if (!sections.scale) return [];
  const lines = sections.scale.rows.map((row) =>
    [row.trainers, row.validators, row.rounds, row.trainerSeats, row.seconds.toFixed(1), Math.round(row.memory)].join(
      ' | ',
    ),
  );
  return [
    `## Scale

A small network, 10 samples a node; a round has 1,024 seats of training nodes, the most that the protocol allows.`,
    table('training nodes | validators | rounds | seats | seconds | MiB at most', lines),
  ];
}

function growth({ sections }: Report): string[] {
  if (!sections.growth) return [];
  const lines = sections.growth.rows.map(({ nodes, seconds, milliseconds, memory, kibibytes }) =>
    [nodes, seconds.toFixed(2), milliseconds.toFixed(1), Math.round(memory), Math.round(kibibytes)].join(' | '),
  );
  return [
    `## A whole task on one machine

\`covey simulate\` with a 784–32–10 network of 25,450 weights, 50 digits a node, shards of 500, three rounds in which all nodes
have seats. Seconds are the processor's; what a node takes is what is above a play with one node.`,
    table('nodes | seconds a round | milliseconds a node and round | MiB at most | KiB a node', lines),
  ];
}
