import { desc, eq } from 'drizzle-orm';
import type { Address } from 'viem';
import { serverError } from '../errors.ts';
import type { HubReader, HubStatement } from '../hub/types.ts';
import { delegateListLimit } from '../schema/index.ts';
import type { Delegate, Statement } from '../schema/index.ts';
import { boundProposals, nodes, proposals, tokenAccounts, voteCheckpoints } from '../store/schema.ts';
import { bindingStateAt, readBound } from './binding.ts';
import { summariseDelegates } from './delegates.ts';
import { summariesOf } from './proposals.ts';
import { originOf, parseAddress, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';
import { readVotingHistory } from './voting-history.ts';

/** Any address: what nobody delegates to and nobody knows has an empty page. */
export async function readDelegate(reader: Reader, hub: HubReader, text: string): Promise<Delegate> {
  const address = parseAddress(text);
  const { db } = reader;
  const [summary] = await summariseDelegates(reader, hub, [address]);
  if (summary === undefined) throw serverError('SERVER_INTERNAL', `no summary of ${address}`);
  const [account] = await db.select().from(tokenAccounts).where(eq(tokenAccounts.address, address));
  const [node] = await db.select({ address: nodes.address }).from(nodes).where(eq(nodes.address, address));
  const delegators = await db
    .select()
    .from(tokenAccounts)
    .where(eq(tokenAccounts.delegate, address))
    .orderBy(desc(tokenAccounts.units), tokenAccounts.address)
    .limit(delegateListLimit);
  const checkpoints = await db
    .select()
    .from(voteCheckpoints)
    .where(eq(voteCheckpoints.account, address))
    .orderBy(desc(voteCheckpoints.blockNumber), desc(voteCheckpoints.logIndex))
    .limit(delegateListLimit);
  const history = await readVotingHistory(reader, hub, address);
  return {
    ...summary,
    statement: statementOf(hub.statementOf(address)),
    delegatesTo: account?.delegate ?? null,
    units: (account?.units ?? 0n).toString(),
    isNode: node !== undefined,
    delegatorList: delegators.flatMap(({ address: delegator, units, delegated }) =>
      delegated === null
        ? []
        : [{ address: delegator, units: units.toString(), since: delegated.at, source: sourceOf(delegated) }],
    ),
    powerHistory: checkpoints.reverse().map((row) => ({ power: row.votes.toString(), ...originOf(row) })),
    history: history.slice(0, delegateListLimit),
    votesCast: history.length,
    proposals: await writtenBy(reader, hub, address),
  };
}

function statementOf(statement: HubStatement | undefined): Statement | null {
  if (statement === undefined) return null;
  const { about, statement: text, discourse, status, ipfs, created } = statement;
  return { about, statement: text, discourse, status, cid: ipfs, created };
}

async function writtenBy(reader: Reader, hub: HubReader, author: Address): Promise<Delegate['proposals']> {
  const rows = await reader.db
    .select()
    .from(proposals)
    .where(eq(proposals.creator, author))
    .orderBy(desc(proposals.blockNumber), desc(proposals.logIndex))
    .limit(delegateListLimit);
  const onChain = (await summariesOf(reader, rows)).map(({ id, title, state, createdAt, source }) => ({
    system: 'tokenVoting' as const,
    id,
    title,
    state,
    at: createdAt,
    source,
  }));
  const signed = hub.proposalsOf(author);
  const registered = await reader.db
    .select({ id: boundProposals.id })
    .from(boundProposals)
    .where(eq(boundProposals.author, author));
  const ids = [...new Set([...signed.map(({ id }) => id), ...registered.map(({ id }) => id)])];
  const bound = await readBound(reader, ids);
  const gasless = ids.map((id) => {
    const known = hub.proposal(id);
    const binding = bound.get(id);
    return {
      system: binding === undefined ? ('signal' as const) : ('binding' as const),
      id,
      title: known?.message.title ?? null,
      state:
        binding !== undefined
          ? bindingStateAt(binding, reader.now())
          : known === undefined
            ? ('closed' as const)
            : hub.stateOf(known),
      at: known?.message.timestamp ?? binding?.row.at ?? 0,
      source: binding === undefined ? null : sourceOf(binding.row),
    };
  });
  return [...onChain, ...gasless].sort((a, b) => b.at - a.at).slice(0, delegateListLimit);
}
