import { simulateExecution, type SimulationReport } from '@covey/governance';
import { nodeError } from '../../../errors.ts';
import { integer, proposalId } from '../../arguments.ts';
import { openChain } from '../../context.ts';
import { defineCommand, optional, preset } from '../../define-command.ts';
import { exitCodes } from '../../exit-codes.ts';
import { callsOption, chainOptions } from '../../options.ts';
import { readCalls } from './calls.ts';
import { phrase, say } from '../../words/say.ts';

export const proposalSimulate = defineCommand({
  name: 'proposal simulate',
  summary: 'Run a proposal’s calls as the DAO would, and show what they change',
  examples: ['proposal simulate --proposal 3', 'proposal simulate --actions calls.json --at 1790000000 --json'],
  options: {
    ...chainOptions,
    proposal: optional('--proposal <id>', 'proposal of TokenVoting; run at the end of its vote', proposalId),
    ...callsOption,
    at: optional('--at <time>', 'unix time of the execution', integer),
    from: preset('--from <plugin>', 'who makes the DAO execute: tokenVoting or snapshotVoting', 'tokenVoting'),
  },
  async run(options, out) {
    const { from } = options;
    if (from !== 'tokenVoting' && from !== 'snapshotVoting') {
      throw nodeError('CONFIG_INVALID', 'Nothing else makes the DAO execute.', {
        expected: 'tokenVoting or snapshotVoting',
        got: from,
      });
    }
    const chain = await openChain(options);
    const { actions, allowFailureMap, endDate } = await readCalls(chain, options);
    const at = options.at ?? endDate;
    const report = await simulateExecution(chain, { actions, allowFailureMap, from, at });
    out.result('covey.proposal-simulate/1', { ...report }, describe(report));
    if (!report.ok) process.exitCode = exitCodes.refused.code;
  },
});

function describe(report: SimulationReport): string[] {
  const { failure } = report;
  const where = (contract: string | undefined, address: string) => contract ?? address;
  const subject = (entry: Readonly<Record<string, unknown>>) =>
    Object.entries(entry)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(', ');
  const show = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return [
    report.ok
      ? say`one possible execution works: ${report.gas} of ${report.gasLimit} gas, on block ${report.block.number}, at ${report.at}`
      : failure?.index === undefined
        ? say`ONE POSSIBLE EXECUTION FAILS: ${failure?.reason ?? ''}`
        : say`ONE POSSIBLE EXECUTION FAILS at call ${failure.index}: ${failure.reason}`,
    ...report.calls.flatMap(({ index, status, to, contract, logs }) => [
      say`call ${index} to ${where(contract, to)}: ${phrase(status)}`,
      ...logs.map(
        (log) => `  ${where(log.contract, log.address)} ${log.event ?? 'log'} ${JSON.stringify(log.args ?? {})}`,
      ),
    ]),
    ...report.balances.map(
      ({ account, contract, asset, before, after }) =>
        say`${asset} of ${where(contract, account)}: ${before} -> ${after}`,
    ),
    ...report.state.map(
      ({ what, subject: which, before, after, dangerous }) =>
        `${dangerous ? say`DANGEROUS ` : ''}${what}${subject(which) && ` (${subject(which)})`}: ${show(before)} -> ${show(after)}`,
    ),
    ...(report.storage ?? []).map(({ address, slots, more }) => say`${address} writes ${slots.length + more} slots`),
    ...report.notes.map(({ code, ...details }) => say`note ${code} ${JSON.stringify(details)}`),
  ];
}
