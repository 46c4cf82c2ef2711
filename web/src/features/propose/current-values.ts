import { snapshotVotingAbi, taskManagerAbi, tokenVotingAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi';
import { formOf, votingModes } from '@covey/governance';
import { decodeEnum } from '@covey/protocol';
import type { FieldValue } from '@covey/governance';
import type { PublicClient } from 'viem';

export type CurrentValues = Record<string, FieldValue>;

/** Kinds whose fields stand on chain already under the same names: one edits what is there. */
export const startsFromCurrent = new Set(['voting.settings', 'snapshot.settings']);

/** What the fields of a form hold on chain now, to stand beside the new values; policy numbers have a query of their own. */
export async function readCurrentValues(
  client: PublicClient,
  deployment: Deployment,
  kind: string,
  values: Readonly<Record<string, string>>,
): Promise<CurrentValues> {
  if (kind === 'voting.settings') return await votingSettings(client, deployment);
  if (kind === 'snapshot.settings') return await snapshotSettings(client, deployment);
  if (kind === 'task.multiplier' && /^\d{1,18}$/.test(values['taskId'] ?? '')) {
    const task = { address: deployment.taskManager, abi: taskManagerAbi, functionName: 'task' } as const;
    return {
      multiplier: (await client.readContract({ ...task, args: [BigInt(values['taskId'] as string)] })).multiplier,
    };
  }
  return {};
}

async function votingSettings(client: PublicClient, deployment: Deployment): Promise<CurrentValues> {
  const voting = { address: deployment.tokenVoting, abi: tokenVotingAbi } as const;
  const [mode, supportThreshold, minParticipation, minDuration, minProposerVotingPower] = await Promise.all([
    client.readContract({ ...voting, functionName: 'votingMode' }),
    client.readContract({ ...voting, functionName: 'supportThreshold' }),
    client.readContract({ ...voting, functionName: 'minParticipation' }),
    client.readContract({ ...voting, functionName: 'minDuration' }),
    client.readContract({ ...voting, functionName: 'minProposerVotingPower' }),
  ]);
  return {
    mode: decodeEnum(votingModes, mode),
    supportThreshold: BigInt(supportThreshold),
    minParticipation: BigInt(minParticipation),
    minDuration,
    minProposerVotingPower,
  };
}

async function snapshotSettings(client: PublicClient, { snapshotVoting }: Deployment): Promise<CurrentValues> {
  if (!snapshotVoting) return {};
  const voting = { address: snapshotVoting, abi: snapshotVotingAbi } as const;
  const version = await client.readContract({ ...voting, functionName: 'settingsVersion' });
  const settings = await client.readContract({ ...voting, functionName: 'settings', args: [version] });
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, BigInt(value)]));
}

/** The text that a form's parser would read as this value. */
export function fieldText(type: string, value: FieldValue): string {
  if (type === 'amount' || type === 'ratio') return decimalText(value as bigint, 18);
  if (type === 'ppm') return decimalText(value as bigint, 6);
  return String(value);
}

function decimalText(value: bigint, decimals: number): string {
  const digits = value.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '');
  return `${digits.slice(0, -decimals)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** What the form of that kind would hold if nothing were changed. */
export function textsOf(kind: string, current: CurrentValues): Record<string, string> {
  const fields = formOf(kind)?.fields ?? [];
  return Object.fromEntries(
    fields.flatMap(({ name, type }) => {
      const value = current[name];
      return value === undefined ? [] : [[name, fieldText(type, value)]];
    }),
  );
}
