import { snapshotVotingConstants } from '@covey/contracts/abi/constants';
import { basicChoices, bindingTypes, parsePluginsField } from '@covey/governance';
import type { HubProposal } from '../hub/types.ts';
import type { Commitment } from '../schema/index.ts';
import type { PluginSettings } from '../store/tables/binding.ts';

/** The longest voting period and the latest start from the registration on, in seconds. */
const maxDuration = Number(snapshotVotingConstants.MAX_DURATION);
const maxLead = Number(snapshotVotingConstants.MAX_LEAD);

export interface Terms {
  chainId: number;
  /** The plugin that the DAO has now, with its space and the settings in force. */
  plugin: `0x${string}`;
  space: string;
  settings: PluginSettings | undefined;
  now: number;
  /** Newest block. */
  head: number;
}

interface Claim {
  chainId: string;
  plugin: string;
  actionsHash: string;
}

/** What a message claims in `plugins.covey`; undefined when it claims nothing. */
export function claimOf(plugins: string): Claim | undefined {
  let field: unknown;
  try {
    field = (JSON.parse(plugins) as { covey?: unknown } | null)?.covey;
  } catch {
    return undefined;
  }
  if (typeof field !== 'object' || field === null) return undefined;
  const text = (name: string) => String((field as Record<string, unknown>)[name] ?? '').slice(0, 100);
  return { chainId: text('chainId'), plugin: text('plugin'), actionsHash: text('actions') };
}

/** What the contract would say to its registration now, with its names for what it refuses. */
export function readCommitment({ message }: HubProposal, claim: Claim, terms: Terms | undefined): Commitment {
  const { start, end, snapshot, type, choices, privacy } = message;
  const problems: [string, boolean][] = [
    ['format', parsePluginsField(message.plugins) === undefined],
    ['actions', !/^0x[0-9a-f]{64}$/.test(claim.actionsHash)],
    ['plugin', terms === undefined || claim.plugin !== terms.plugin.toLowerCase()],
    ['type', !(bindingTypes as string[]).includes(type)],
    [
      'choices',
      type === 'basic'
        ? JSON.stringify(choices) !== JSON.stringify(basicChoices)
        : choices.length < 2 || choices.length > snapshotVotingConstants.MAX_CHOICES,
    ],
    ['privacy', privacy !== ''],
  ];
  if (terms !== undefined) {
    const { settings, now, head } = terms;
    problems.push(
      ['chain', claim.chainId !== String(terms.chainId)],
      ['space', message.space !== terms.space],
      ['started', start <= now],
      ['lead', start > now + maxLead],
      ['duration', end - start < (settings?.minDuration ?? 0) || end - start > maxDuration],
      // The registration is in the next block at the earliest.
      ['snapshot', snapshot > head || snapshot < head + 1 - (settings?.maxSnapshotAge ?? head)],
    );
  }
  const found = problems.filter(([, wrong]) => wrong).map(([name]) => name);
  return { ...claim, fits: found.length === 0, problems: found };
}
