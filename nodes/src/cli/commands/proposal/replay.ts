import { params } from '@covey/contracts/abi';
import { policySettingsOf, replayPolicy, type PolicyReplay, type PolicySetting } from '@covey/governance';
import { InvalidArgumentError } from 'commander';
import { integer, positive, proposalId } from '../../arguments.ts';
import { openChain, openReader } from '../../context.ts';
import { defineCommand, optional, preset } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { callsOption, chainOptions, readerOptions } from '../../options.ts';
import { readCalls } from './calls.ts';
import { coveyText } from '../../../quantities.ts';
import { phrase, say } from '../../words/say.ts';

export const proposalReplay = defineCommand({
  name: 'proposal replay',
  summary:
    'Settle past rounds again under proposed numbers: who gains or loses (exit 3: what was paid is not what follows)',
  examples: [
    'proposal replay',
    'proposal replay --proposal 3',
    'proposal replay --set rankRatio=800000000000000000 --rounds 20 --gateway http://127.0.0.1:8080 --json',
  ],
  options: {
    ...chainOptions,
    ...readerOptions,
    proposal: optional('--proposal <id>', 'proposal of TokenVoting', proposalId),
    ...callsOption,
    set: optional('--set <name=value>', 'a number, in the unit of the contract; repeatable', setting),
    rounds: preset('--rounds <n>', 'how many accepted rounds, the newest first', 50, integer),
    days: preset('--days <n>', 'days of emission side by side', 30, positive),
  },
  async run(options, out) {
    const chain = await openChain(options);
    const named = options.proposal !== undefined || options.actions !== undefined;
    const proposed = named ? policySettingsOf((await readCalls(chain, options)).actions, chain.deployment) : [];
    const found = await replayPolicy({
      covey: chain,
      reader: openReader(options),
      changes: [...proposed, ...(options.set ?? [])],
      rounds: options.rounds,
      days: options.days,
      onProgress: ({ step, done, total }) => out.progress(say`${phrase(step)} ${done}/${total}`),
    });
    out.result('covey.proposal-replay/1', { ...found }, describe(found));
    if (!found.exact) process.exitCode = exitCodes.mismatch.code;
  },
});

/** `trainerShare=250000000000000000`: the number's own unit, as the contract has it. */
function setting(text: string, before: PolicySetting[] = []): PolicySetting[] {
  const [, name, value] = /^([A-Za-z]+)=(\d{1,78})$/.exec(text) ?? [];
  const param = params.find((known) => known === name);
  if (!param || value === undefined) throw new InvalidArgumentError('Expected NAME=INTEGER, such as unlockRatio=1.');
  return [...before, { param, value: BigInt(value) }];
}

function describe(replay: PolicyReplay): string[] {
  const change = (wei: bigint) => `${wei > 0n ? '+' : ''}${coveyText(wei)}`;
  const { rounds, cases, purchases } = replay.looked;
  return [
    replay.changes.length === 0
      ? say`proposed: nothing`
      : say`proposed: ${replay.changes.map(({ param, value }) => `${param} = ${value}`).join(', ')}`,
    say`looked at ${rounds.at} of ${rounds.of} rounds, ${cases.at} of ${cases.of} slash cases, ${purchases.at} of ${purchases.of} purchases`,
    replay.exact
      ? say`recomputed as it was, all of it is what was paid`
      : say`NOT EXACT: see exact and unread in --json`,
    ...replay.nodes.map(({ role, node, recomputed, difference }) => {
      const parts = say`node ${change(difference.node)}, delegators ${change(difference.delegators)}`;
      return say`${phrase(role)} ${node}: ${coveyText(recomputed.total)} paid, ${change(difference.total)} (${parts})`;
    }),
    ...replay.rounds
      .filter(({ notes }) => notes.length > 0)
      .map(({ taskId, round, outcome, notes }) => say`task ${taskId} round ${round}: ${outcome}; ${notes.join(', ')}`),
    ...(replay.cases ?? []).map(
      ({ caseId, target, amount }) =>
        say`case ${caseId} of ${target}: ${coveyText(amount.recomputed)} -> ${coveyText(amount.proposed)}`,
    ),
    ...(replay.purchases ?? []).map(
      ({ listingId, buyer, fee }) =>
        say`purchase of ${listingId} by ${buyer}: fee ${coveyText(fee.recomputed)} -> ${coveyText(fee.proposed)}`,
    ),
    ...(replay.emission?.days ?? []).map(
      ({ current, proposed }, day) => say`emission, day ${day + 1}: ${coveyText(current)} -> ${coveyText(proposed)}`,
    ),
    ...(replay.emission?.tasks ?? []).map(
      ({ taskId, current, proposed }) => say`emission, task ${taskId}: ${coveyText(current)} -> ${coveyText(proposed)}`,
    ),
    ...replay.unread.map(({ taskId, round, code }) => say`task ${taskId} round ${round} could not be read: ${code}`),
    ...replay.notReplayed.map(({ param, reason, detail }) => say`${param} is not replayed (${reason}): ${detail}`),
  ];
}
