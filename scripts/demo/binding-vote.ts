import { Wallet } from '@ethersproject/wallet';
import { readPolicyNumber } from '@covey/client';
import type { Deployment } from '@covey/contracts/abi';
import {
  auditPermissions,
  bindingMessage,
  findSnapshotVoting,
  getBoundProposal,
  registerProposal,
  setPolicy,
  type SnapshotSettings,
} from '@covey/governance';
import { prepareSnapshotVoting, publishSnapshotVoting } from '@covey/governance/deploy';
import { snapshotJs } from '@covey/governance/testing/snapshot';
import { Keeper, type NodeEvent } from '@covey/nodes';
import { formatEther, parseEther, type Address } from 'viem';
import { cast } from './cast.ts';
import type { CheckList } from './check-list.ts';
import { testKey } from './keys.ts';
import { untilPolicyInForce } from './policy.ts';
import { castVotes, executeAfterVoting, propose } from './proposals.ts';
import type { Summary } from './summary.ts';
import type { World } from './world.ts';

type Bound = Deployment & { snapshotVoting: Address };

const hour = 3_600;
const day = 24 * hour;

/** The shortest times that the plugin allows, for the demo's clock; a tenth of all tokens has to take part. */
const settings: SnapshotSettings = {
  supportThreshold: 500_000,
  minParticipation: 100_000,
  maxSnapshotAge: 100,
  minDuration: hour,
  submissionWindow: hour,
  extension: 600,
  delay: 2 * hour,
  executionWindow: 7 * day,
  minProposerVotingPower: parseEther('100000'),
};

/** Anybody publishes and prepares the plugin; the DAO, by its votes, installs it through the PluginSetupProcessor. */
export async function installSnapshotVoting(
  world: World,
  checks: CheckList,
  space: string,
  detail: (text: string) => void,
): Promise<Bound> {
  const { deployment, framework, chain } = world;
  const anybody = chain.wallet(cast.keeper);
  const { version, documents } = await publishSnapshotVoting(anybody, { framework, maintainer: deployment.dao });
  for (const { bytes } of documents) await world.store.add(bytes);
  const { plugin, actions } = await prepareSnapshotVoting(chain.covey(deployment, cast.keeper), {
    version,
    space,
    settings,
  });
  const proposed = await propose(world, {
    title: 'Let votes on Snapshot bind',
    summary: `Installs SnapshotVoting for ${space}: what passes there is executed after a delay in which this vote can veto.`,
    description: 'The plugin checks every signature and every voter’s past votes on chain; it believes no server.',
    actions,
  });
  await castVotes(world, proposed.proposalId, cast.voters);
  await executeAfterVoting(world, proposed);
  detail(`plugin ${plugin}, documents ${documents.map(({ cid }) => cid).join(', ')}`);

  const bound = { ...deployment, snapshotVoting: plugin };
  const audit = await auditPermissions(chain.covey(bound));
  checks.expect('with the plugin the live grants are those of the design', audit.ok, `${audit.live.length} grants`);
  checks.equal('the plugin is found from the chain', await findSnapshotVoting(chain.covey(deployment)), plugin);
  return bound;
}

/** A policy number changed by signatures alone: proposed and voted through the server's hub, bound and executed by a keeper. */
export async function bindByVote(
  world: World,
  checks: CheckList,
  { deployment, space, detail }: { deployment: Bound; space: string; detail: (text: string) => void },
): Promise<Summary['binding']> {
  const { chain } = world;
  const client = new snapshotJs.Client712(`${world.serverUrl}/snapshot`);
  const wallets = cast.voters.map((account) => new Wallet(testKey(account)));
  const [author] = wallets as [Wallet, ...Wallet[]];
  const block = await chain.publicClient.getBlock();
  const start = Number(block.timestamp) + 300;
  const vestingDuration = 20n * BigInt(day);
  const actions = [setPolicy(deployment, [{ param: 'vestingDuration', value: vestingDuration }])];
  const message = bindingMessage({
    deployment,
    space,
    actions,
    author: author.address as Address,
    title: 'Vest rewards for twenty days',
    body: 'The part of a reward that is not paid at once unlocks over **20 days instead of 30**.',
    timestamp: Number(block.timestamp),
    start,
    end: start + hour,
    snapshot: Number(block.number) - 1,
    app: 'covey-demo',
  });
  const posted = (await client.proposal(author as never, author.address, { ...message } as never)) as { id: string };
  const { id } = await registerProposal(chain.covey(deployment, cast.voters[0] as number), { message, actions });
  checks.equal('hub and contract give the proposal the same id', posted.id, id);
  await world.advanceTo(start);

  const picks = [1, 1, 2];
  for (const [i, wallet] of wallets.entries()) {
    await client.vote(wallet as never, wallet.address, {
      space,
      timestamp: start + 1 + i,
      proposal: id,
      type: 'basic',
      choice: picks[i] as number,
      reason: '',
      app: 'covey-demo',
    });
  }
  await world.advanceTo(message.end + 1);

  const seen: NodeEvent[] = [];
  const keeper = new Keeper({
    covey: world.account(cast.keeper),
    emission: false,
    snapshot: { hub: `${world.serverUrl}/graphql`, ipfs: world.serverUrl },
    onEvent: (event) => seen.push(event),
  });
  await keeper.stepSnapshot();
  const { tally, submissionEnd, executableFrom } = await getBoundProposal(chain.covey(deployment), { id });
  const votes = [tally.forVotes, tally.against, tally.abstain].map((wei) => formatEther(wei)).join(', ');
  checks.equal('votes cast by HTTP count on chain', `${tally.voters}: ${votes}`, '3: 40000000, 20000000, 0');
  const brought = seen.find((event) => event.event === 'votes-submitted');
  if (brought) detail(`${brought.counted} votes brought on chain for ${brought.gasUsed} gas`);

  await world.advanceTo(submissionEnd + 1);
  await keeper.stepSnapshot();
  const state = async () => (await getBoundProposal(chain.covey(deployment), { id })).state;
  checks.equal('nothing is executed while the DAO may veto', await state(), 'queued');
  await world.advanceTo(executableFrom);
  await keeper.stepSnapshot();
  await untilPolicyInForce(world);
  const inForce = await readPolicyNumber(chain.covey(deployment), 'vestingDuration');
  checks.equal('the binding vote changed the policy', inForce, vestingDuration);
  detail(`proposal ${id} ${await state()}`);
  return {
    plugin: deployment.snapshotVoting,
    id,
    for: String(tally.forVotes),
    against: String(tally.against),
    voters: Number(tally.voters),
    executed: (await state()) === 'executed',
  };
}
