import { vetoTimeConstants, votingSettingsConstants } from '@covey/contracts/abi/constants';
import { voteRejections } from '@covey/contracts/abi/enums';
import { ratioBase } from '@covey/governance';
import { and, desc, eq, inArray, isNull } from 'drizzle-orm';
import { getAddress, isAddress } from 'viem';
import type { Address, Hex } from 'viem';
import type { HubProposal } from '../hub/types.ts';
import type { Binding, BindingState, BindingSummary } from '../schema/index.ts';
import { boundProposals, boundVotes, snapshotPlugins, snapshotSettings, votingSettings } from '../store/schema.ts';
import type { PluginSettings } from '../store/tables/binding.ts';
import { readActions } from './actions.ts';
import { claimOf, readCommitment } from './commitment.ts';
import type { Terms } from './commitment.ts';
import { installedPlugin } from './plugin.ts';
import { originOf } from './reader.ts';
import type { Reader } from './reader.ts';

export type BoundRow = typeof boundProposals.$inferSelect;
export interface Bound {
  row: BoundRow;
  settings: PluginSettings;
  /** TokenVoting's, seconds; undefined while it is not known. */
  minDuration: number | undefined;
}

/** Registered proposals by id. */
export async function readBound(reader: Reader, ids: readonly string[]): Promise<Map<string, Bound>> {
  if (ids.length === 0) return new Map();
  const rows = await reader.db
    .select({ row: boundProposals, settings: snapshotSettings.settings })
    .from(boundProposals)
    .innerJoin(
      snapshotSettings,
      and(
        eq(snapshotSettings.plugin, boundProposals.plugin),
        eq(snapshotSettings.version, boundProposals.settingsVersion),
      ),
    )
    .where(inArray(boundProposals.id, ids as Hex[]));
  const [voting] = await reader.db
    .select({ minDuration: votingSettings.minDuration })
    .from(votingSettings)
    .orderBy(desc(votingSettings.blockNumber), desc(votingSettings.logIndex))
    .limit(1);
  return new Map(rows.map((bound) => [bound.row.id, { ...bound, minDuration: voting?.minDuration }]));
}

/** `VoteTally.passes`: participation counts for and against; support is a part of them. */
function isCarried({ row, settings }: Bound): boolean {
  const decided = row.forVotes + row.against;
  return decided >= row.minPower && row.forVotes * BigInt(ratioBase) > decided * BigInt(settings.supportThreshold);
}

/** `SnapshotVoting._state`. */
export function bindingStateAt(bound: Bound, now: number): BindingState {
  const { row } = bound;
  if (row.executed !== null) return 'executed';
  if (row.vetoed !== null) return 'vetoed';
  if (now < row.start) return 'pending';
  if (now <= row.end) return 'active';
  if (now <= row.submissionEnd) return 'submission';
  if (!isCarried(bound)) return 'defeated';
  const { from, until } = executionOf(bound);
  return now > until ? 'expired' : now < from ? 'queued' : 'executable';
}

/** `SnapshotProposal.execution`: TokenVoting's minimum duration is the one of now. */
function executionOf({ row, settings, minDuration }: Bound) {
  const delayed = row.submissionEnd + settings.delay;
  const until = delayed + settings.executionWindow;
  const vetoEnd =
    minDuration === undefined
      ? until - Number(votingSettingsConstants.MIN_WINDOW)
      : row.submissionEnd + minDuration + Number(vetoTimeConstants.VETO_MARGIN);
  return { from: Math.max(delayed, vetoEnd), until };
}

/** What is the same for all proposals of a list. */
export interface Installed {
  plugin: typeof snapshotPlugins.$inferSelect | undefined;
  version: number | null;
  settings: PluginSettings | undefined;
  live: ReadonlySet<Address>;
}

export async function readInstalled(reader: Reader): Promise<Installed> {
  const plugin = await installedPlugin(reader);
  const live = await reader.db
    .select({ address: snapshotPlugins.address })
    .from(snapshotPlugins)
    .where(isNull(snapshotPlugins.revoked));
  const [current] =
    plugin === undefined
      ? []
      : await reader.db
          .select()
          .from(snapshotSettings)
          .where(eq(snapshotSettings.plugin, plugin.address))
          .orderBy(desc(snapshotSettings.version))
          .limit(1);
  return {
    plugin,
    version: current?.version ?? null,
    settings: current?.settings,
    live: new Set(live.map(({ address }) => address)),
  };
}

function termsOf(reader: Reader, { plugin, settings }: Installed): Terms | undefined {
  if (plugin === undefined) return undefined;
  return {
    chainId: reader.deployment.chainId,
    plugin: plugin.address,
    space: plugin.space,
    settings,
    now: reader.now(),
    head: reader.block().number,
  };
}

/** For lists. Null for a proposal that neither is registered nor claims to be. */
export function summariseBinding(
  reader: Reader,
  proposal: HubProposal,
  { bound, installed }: { bound: Bound | undefined; installed: Installed },
): BindingSummary | null {
  if (bound !== undefined) {
    const { from, until } = executionOf(bound);
    return {
      plugin: bound.row.plugin,
      installed: installed.live.has(bound.row.plugin),
      state: bindingStateAt(bound, reader.now()),
      submissionEnd: bound.row.submissionEnd,
      executableFrom: from,
      executableUntil: until,
    };
  }
  const claim = claimOf(proposal.message.plugins);
  if (claim === undefined) return null;
  const named = isAddress(claim.plugin, { strict: false }) ? getAddress(claim.plugin) : installed.plugin?.address;
  if (named === undefined) return null;
  const none = { submissionEnd: null, executableFrom: null, executableUntil: null };
  return { plugin: named, installed: installed.live.has(named), state: 'unregistered', ...none };
}

export async function readBinding(reader: Reader, proposal: HubProposal): Promise<Binding | null> {
  const installed = await readInstalled(reader);
  const bound = (await readBound(reader, [proposal.id])).get(proposal.id);
  const summary = summariseBinding(reader, proposal, { bound, installed });
  if (summary === null) return null;
  const claim = claimOf(proposal.message.plugins);
  const row = bound?.row;
  const settings = bound?.settings ?? installed.settings ?? null;
  // What is registered has been found fit by the contract itself.
  const commitment =
    claim === undefined
      ? null
      : row !== undefined
        ? { ...claim, fits: true, problems: [] }
        : readCommitment(proposal, claim, termsOf(reader, installed));
  const counted = await reader.db
    .select()
    .from(boundVotes)
    .where(eq(boundVotes.proposalId, proposal.id))
    .orderBy(desc(boundVotes.votingPower), boundVotes.voter);
  const rejections = Object.fromEntries(
    voteRejections.slice(1).map((reason) => [reason, row?.rejections[reason] ?? 0]),
  ) as Binding['rejections'];
  return {
    ...summary,
    commitment,
    registered: row === undefined ? null : { registrant: row.registrant, ...originOf(row) },
    settingsVersion: row?.settingsVersion ?? installed.version,
    settings,
    supportThreshold: settings?.supportThreshold ?? null,
    minPower: row?.minPower.toString() ?? null,
    tally: {
      for: (row?.forVotes ?? 0n).toString(),
      against: (row?.against ?? 0n).toString(),
      abstain: (row?.abstain ?? 0n).toString(),
      voters: row?.voters ?? 0,
    },
    carried: bound !== undefined && isCarried(bound),
    actionsHash: row?.actionsHash ?? claim?.actionsHash ?? null,
    actions: row === undefined ? [] : await readActions(reader, { ...row, key: row.id }),
    onChain: counted.map((vote) => ({
      voter: vote.voter,
      choice: vote.choice,
      power: vote.votingPower.toString(),
      timestamp: vote.signedAt,
      submitter: vote.submitter,
      ...originOf(vote),
    })),
    rejected: Object.values(rejections).reduce((sum, count) => sum + count, 0),
    rejections,
    extended: row?.extended == null ? null : { submissionEnd: row.submissionEnd, ...originOf(row.extended) },
    executed:
      row?.executed == null || row.executor === null ? null : { executor: row.executor, ...originOf(row.executed) },
    vetoed: row?.vetoed == null ? null : originOf(row.vetoed),
  };
}
