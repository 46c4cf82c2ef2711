import type { CoveyChain } from '@covey/client';
import { getProposal, simulateExecution, type Action, type SimulationReport } from '@covey/governance';
import type { Command } from 'commander';
import { getAddress, isAddress, isHex, type Hex } from 'viem';
import { z } from 'zod';
import { nodeError } from '../../errors.ts';
import { command, integer, proposalId, withChain } from '../arguments.ts';
import { openChain, readJson, type CommonOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { output } from '../output.ts';

/** How calls stand in a file: addresses and data in hex, coins in wei. */
const actionsSchema = z
  .array(
    z.object({
      to: z.string().refine((text) => isAddress(text, { strict: false }), 'expected an address'),
      value: z
        .union([z.string().regex(/^\d{1,78}$/), z.number().int().min(0)])
        .default('0')
        .transform(BigInt),
      data: z
        .string()
        .refine((text) => isHex(text) && text.length % 2 === 0, 'expected bytes in hex')
        .default('0x'),
    }),
  )
  .min(1)
  .max(256);

interface ProposalSource {
  proposal?: bigint;
  actions?: string;
}

/** A proposal's calls from the chain, or calls that nobody has proposed yet from a file. */
export async function readCalls(
  covey: CoveyChain,
  { proposal, actions }: ProposalSource,
): Promise<{ actions: readonly Action[]; allowFailureMap: bigint; endDate: bigint }> {
  if ((proposal === undefined) === (actions === undefined)) {
    throw nodeError('CONFIG_INVALID', 'Which calls?', { expected: 'either --proposal ID or --actions FILE' });
  }
  if (proposal !== undefined)
    return await getProposal(covey.publicClient, { deployment: covey.deployment, proposalId: proposal });
  const read = await readJson(actions ?? '', actionsSchema, 'a list of calls {to, value, data}');
  const calls = read.map(({ to, value, data }) => ({ to: getAddress(to), value, data: data as Hex }));
  return { actions: calls, allowFailureMap: 0n, endDate: 0n };
}

interface SimulateOptions extends CommonOptions, ProposalSource {
  at?: number;
  from: string;
}

export function simulateCommand(): Command {
  const simulate = command('simulate', 'Run a proposal’s calls as the DAO would, and show what they change', [
    'proposal simulate --proposal 3',
    'proposal simulate --actions calls.json --at 1790000000 --json',
  ]);
  return withChain(simulate)
    .option('--proposal <id>', 'proposal of TokenVoting; run at the end of its vote', proposalId)
    .option('--actions <file>', 'JSON list of calls {to, value, data}')
    .option('--at <time>', 'unix time of the execution', integer)
    .option('--from <plugin>', 'who makes the DAO execute: tokenVoting or snapshotVoting', 'tokenVoting')
    .action(async (options: SimulateOptions) => {
      const out = output(options.json ?? false);
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
      const report = await simulateExecution({ ...chain, actions, allowFailureMap, from, at });
      out.result('covey.simulation/1', { ...report }, describe(report));
      if (!report.ok) process.exitCode = exitCodes.refused;
    });
}

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
      ? `works: ${report.gas} of ${report.gasLimit} gas, on block ${report.block.number}, at ${report.at}`
      : `FAILS${failure?.index === undefined ? '' : ` at call ${failure.index}`}: ${failure?.reason ?? ''}`,
    ...report.calls.flatMap(({ index, status, to, contract, logs }) => [
      `call ${index} to ${where(contract, to)}: ${status}`,
      ...logs.map(
        (log) => `  ${where(log.contract, log.address)} ${log.event ?? 'log'} ${JSON.stringify(log.args ?? {})}`,
      ),
    ]),
    ...report.balances.map(
      ({ account, contract, asset, before, after }) => `${asset} of ${where(contract, account)}: ${before} -> ${after}`,
    ),
    ...report.state.map(
      ({ what, subject: which, before, after, dangerous }) =>
        `${dangerous ? 'DANGEROUS ' : ''}${what}${subject(which) && ` (${subject(which)})`}: ${show(before)} -> ${show(after)}`,
    ),
    ...(report.storage ?? []).map(({ address, slots, more }) => `${address} writes ${slots.length + more} slots`),
    ...report.notes.map(({ code, ...details }) => `note ${code} ${JSON.stringify(details)}`),
  ];
}
