import { Wallet } from '@ethersproject/wallet';
import { snapshotJs } from '@covey/governance/testing/snapshot';
import { cast } from './cast.ts';
import type { CheckList } from './check-list.ts';
import { testKey } from './keys.ts';
import type { Summary } from './summary.ts';
import type { World } from './world.ts';

const choices = ['Every week', 'Every month', 'Only when needed'];

interface ProposalOnHub {
  id: string;
  state: string;
  choices: string[];
  scores: number[];
  scores_state: string;
  votes: number;
}

/** A gasless vote: the real snapshot.js client signs and posts, the server's hub counts, GraphQL tells the result. */
export async function voteOnSnapshot(
  world: World,
  checks: CheckList,
  space: string,
  detail: (text: string) => void,
): Promise<Summary['snapshot']> {
  const client = new snapshotJs.Client712(`${world.serverUrl}/snapshot`);
  const wallets = cast.voters.map((account) => new Wallet(testKey(account)));
  const block = await world.chain.publicClient.getBlock();
  // The demo moves the chain's clock, and the hub goes by it.
  const now = Number(block.timestamp);
  const [author] = wallets as [Wallet, ...Wallet[]];
  const { id } = (await client.proposal(author as never, author.address, {
    space,
    timestamp: now,
    type: 'single-choice',
    title: 'How often should rounds be held?',
    body: 'A signal from token holders; nothing is executed. Votes cost no gas: they are signed messages.',
    discussion: '',
    choices,
    labels: [],
    start: now,
    end: now + 86_400,
    // Power is read from the past, so at the block before the newest.
    snapshot: Number(block.number) - 1,
    plugins: '{}',
    app: 'covey-demo',
  })) as { id: string };
  detail(`proposal ${id} signed and posted by snapshot.js`);

  const picks = [2, 1, 2];
  for (const [i, wallet] of wallets.entries()) {
    await client.vote(wallet as never, wallet.address, {
      space,
      timestamp: now + 1 + i,
      proposal: id,
      type: 'single-choice',
      choice: picks[i] as number,
      reason: '',
      app: 'covey-demo',
    });
  }
  await world.advanceTo(now + 86_401);
  await world.until(
    'the hub counts the Snapshot vote',
    async () => (await readProposal(world, id)).scores_state === 'final',
  );
  const result = await readProposal(world, id);
  const winner = result.choices[result.scores.indexOf(Math.max(...result.scores))] as string;
  detail(`${result.votes} votes without gas: ${result.choices.map((c, i) => `${c} ${result.scores[i]}`).join(', ')}`);
  checks.equal('the Snapshot vote is closed and final', `${result.state} ${result.scores_state}`, 'closed final');
  checks.equal('the Snapshot vote counts past votes', result.scores.join(), '20000000,40000000,0');
  return { id, choices: result.choices, scores: result.scores, winner, votes: result.votes };
}

async function readProposal(world: World, id: string): Promise<ProposalOnHub> {
  const response = await fetch(`${world.serverUrl}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'query ($id: String!) { proposal(id: $id) { id state choices scores scores_state votes } }',
      variables: { id },
    }),
  });
  const { data, errors } = (await response.json()) as { data?: { proposal: ProposalOnHub | null }; errors?: unknown };
  if (!data?.proposal) throw new Error(`The hub does not know proposal ${id}: ${JSON.stringify(errors)}`);
  return data.proposal;
}
