import type { Hex } from 'viem';
import { governanceError } from '../errors.ts';
import { inParallel } from './in-parallel.ts';
import { isId, queryHub, readMessage } from './hub-messages.ts';
import type { HubSource } from './hub-messages.ts';
import type { SignedVote } from './pack-vote.ts';

export interface ReadHubVotesParameters extends HubSource {
  /** The proposal. */
  id: Hex;
}

export interface ReadHubVotesReturnType {
  /** Their content and signatures are checked; what the hub leaves out, anyone can submit from a copy of their own. */
  votes: SignedVote[];
  /** What the hub named and could not prove. */
  failed: { id: string; cid: string; code: string; message: string }[];
}

const pageSize = 1_000;
const fetchesAtOnce = 16;
/** More than any vote on Snapshot has had; and longer than any hub needs to list them. */
const listing = { maxVotes: 500_000, timeoutMs: 300_000 };

/** The signed votes on a proposal that a hub has, each fetched by its CID and checked here: no hub is believed. */
export async function readHubVotes(parameters: ReadHubVotesParameters): Promise<ReadHubVotesReturnType> {
  const listed = await listVotes(parameters);
  const votes: SignedVote[] = [];
  const failed: ReadHubVotesReturnType['failed'] = [];
  await inParallel(listed, fetchesAtOnce, async ({ id, cid }) => {
    try {
      if (!isId(id)) throw governanceError('GOV_HUB_ANSWER', 'The hub named a vote by no id.', { got: id });
      const envelope = await readMessage(parameters, { cid, id });
      if (envelope.kind !== 'vote' || envelope.message.proposal !== parameters.id) {
        throw governanceError('GOV_ENVELOPE_TYPE', 'It is no vote on this proposal.', { got: envelope.message });
      }
      votes.push(envelope);
    } catch (error) {
      const code = (error as { code?: unknown }).code;
      const message = error instanceof Error ? error.message : String(error);
      failed.push({ id, cid, code: typeof code === 'string' ? code : 'UNEXPECTED', message });
    }
  });
  return { votes, failed };
}

const query = `query ($id: String!, $first: Int!, $skip: Int!) {
  votes(first: $first, skip: $skip, where: { proposal: $id }, orderBy: "created", orderDirection: asc) { id ipfs }
}`;

async function listVotes({ hub, id }: ReadHubVotesParameters): Promise<{ id: string; cid: string }[]> {
  const listed = new Map<string, string>();
  const until = Date.now() + listing.timeoutMs;
  for (let skip = 0; ; skip += pageSize) {
    if (Date.now() > until) {
      throw governanceError('GOV_HUB_UNREACHABLE', 'The hub does not come to the end of its list of votes.', {
        expected: `${listing.timeoutMs / 1000} s at most`,
        got: `${listed.size} votes until then`,
      });
    }
    const data = await queryHub(hub, query, { id, first: pageSize, skip });
    const page = (data as { votes?: unknown }).votes;
    if (!Array.isArray(page)) throw governanceError('GOV_HUB_ANSWER', 'The hub lists no votes.', { got: data });
    const before = listed.size;
    for (const vote of page as { id?: unknown; ipfs?: unknown }[]) listed.set(String(vote.id), String(vote.ipfs));
    if (
      page.length > pageSize ||
      (page.length === pageSize && listed.size === before) ||
      listed.size > listing.maxVotes
    ) {
      throw governanceError('GOV_HUB_ANSWER', 'The hub lists votes without end.', {
        expected: `pages of ${pageSize}, ${listing.maxVotes} votes at most`,
        got: `${listed.size} votes, ${page.length} in the last page`,
      });
    }
    if (page.length < pageSize) return [...listed].map(([vote, cid]) => ({ id: vote, cid }));
  }
}
