import { voteRejections } from '@covey/contracts/abi/enums';
import { hashActions } from '@covey/governance';
import { decodeEnum } from '@covey/protocol';
import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { getAddress, size, slice } from 'viem';
import type { Hex } from 'viem';
import { serverError } from '../../errors.ts';
import { boundProposals, boundVotes, snapshotSettings } from '../../store/schema.ts';
import type { Context, Handlers } from '../context.ts';
import { votesAt } from '../votes-at.ts';

/** Bytes of a counted vote in the event: voter (20), choice (1), time (5). */
const COUNTED_BYTES = 26;

function unpackVotes(votes: Hex) {
  return Array.from({ length: size(votes) / COUNTED_BYTES }, (_, index) => {
    const at = index * COUNTED_BYTES;
    return {
      voter: getAddress(slice(votes, at, at + 20)),
      choice: Number(slice(votes, at + 20, at + 21)),
      signedAt: Number(slice(votes, at + 21, at + COUNTED_BYTES)),
    };
  });
}

async function change(context: Context, id: Hex, set: PgUpdateSetSource<typeof boundProposals>) {
  const [row] = await context.db.update(boundProposals).set(set).where(eq(boundProposals.id, id)).returning();
  context.touch(`snapshot/proposals/${id}`);
  return row;
}

export const snapshotVotingHandlers: Handlers<'snapshotVoting'> = {
  async SettingsUpdated({ version, settings }, context) {
    const { minProposerVotingPower, ...numbers } = settings;
    await context.db.insert(snapshotSettings).values({
      plugin: context.address,
      version,
      settings: { ...numbers, minProposerVotingPower: minProposerVotingPower.toString() },
      ...context.source,
    });
    // Whether an unregistered proposal could be registered depends on them.
    context.touch('snapshot/proposals', 'config');
  },

  async ProposalRegistered({ id, registrant, message, actions }, context) {
    const { bound } = context.asked;
    if (bound === undefined) throw serverError('SERVER_INTERNAL', `the terms of proposal ${id} were not read`);
    await context.db.insert(boundProposals).values({
      id,
      plugin: context.address,
      registrant,
      author: message.author,
      basic: message.voteType === 1,
      start: message.start,
      end: message.end,
      snapshotBlock: message.snapshot,
      settingsVersion: bound.settingsVersion,
      submissionEnd: message.end + bound.submissionWindow,
      minPower: bound.minPower,
      actionsHash: hashActions(actions),
      actions: actions.map(({ to, value, data }) => ({ to, value: value.toString(), data })),
      ...context.source,
    });
    context.touch(`snapshot/proposals/${id}`, `delegates/${message.author}`, 'stats');
  },

  async VotesSubmitted({ id, submitter, votes, tally }, context) {
    const row = await change(context, id, {
      forVotes: tally.forVotes,
      against: tally.against,
      abstain: tally.abstain,
      voters: Number(tally.voters),
    });
    if (row === undefined) return;
    // A batch may hold several votes of one voter: as on chain, the later one replaces the earlier.
    const counted = new Map(unpackVotes(votes).map((vote) => [vote.voter, vote]));
    const power = await votesAt(context.db, [...counted.keys()], row.snapshotBlock);
    const rows = [...counted.values()].map((vote) => ({
      proposalId: id,
      ...vote,
      votingPower: power(vote.voter),
      submitter,
      ...context.source,
    }));
    if (rows.length === 0) return;
    const excluded = (column: string) => sql.raw(`excluded.${column}`);
    await context.db
      .insert(boundVotes)
      .values(rows)
      .onConflictDoUpdate({
        target: [boundVotes.proposalId, boundVotes.voter],
        set: {
          choice: excluded('choice'),
          signedAt: excluded('signed_at'),
          submitter: excluded('submitter'),
          blockNumber: excluded('block_number'),
          transactionHash: excluded('transaction_hash'),
          logIndex: excluded('log_index'),
          at: excluded('at'),
        },
      });
    context.touch('delegates/*');
  },

  async VoteRejected({ id, reason }, context) {
    const name = decodeEnum(voteRejections, reason);
    const { rejections } = boundProposals;
    await change(context, id, {
      rejections: sql`jsonb_set(${rejections}, array[${name}]::text[], to_jsonb(coalesce((${rejections} ->> ${name})::int, 0) + 1))`,
    });
  },

  async SubmissionExtended({ id, submissionEnd }, context) {
    await change(context, id, { submissionEnd, extended: context.source });
  },

  async ProposalVetoed({ id }, context) {
    await change(context, id, { vetoed: context.source });
  },

  async ProposalExecuted({ id, executor }, context) {
    await change(context, id, { executor, executed: context.source });
    context.touch('stats');
  },
};
