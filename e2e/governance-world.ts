import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bindingMessage, delegateVotes, registerProposal, setPolicy, signEnvelope } from '@covey/governance';
import type { ProposalType, SnapshotMessage } from '@covey/governance';
import { deployTestCovey, installSnapshotVoting, startAnvil } from '@covey/governance/testing';
import { connect } from '@covey/client';
import { parseEther, type Address, type Hex } from 'viem';
import { startServer } from '../scripts/demo/processes.ts';

const space = 'covey.eth';
const day = 86_400;

/** Test accounts by what they do here; each has a million tokens. */
export const people = { author: 1, delegate: 2, voter: 3, holder: 4 } as const;

const options = ['Speech commands', 'Small images', 'Neither of them'];
export const questions: Record<Exclude<ProposalType, 'basic'>, string> = {
  'single-choice': 'Which task should come next?',
  approval: 'Which tasks are worth doing?',
  'ranked-choice': 'In which order should tasks come?',
  weighted: 'How should the grants be divided?',
  quadratic: 'Which grants have the widest support?',
};

/** A chain with Covey and SnapshotVoting, a server, a signal of every type, and a proposal that binds. */
export async function startGovernanceWorld() {
  const dir = mkdtempSync(join(tmpdir(), 'covey-governance-'));
  const anvil = await startAnvil({ accounts: 6 });
  const stop = async () => {
    await anvil.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    const covey = await deployTestCovey(anvil, { policy: { policyNotice: 0n } });
    const deployment = await installSnapshotVoting(anvil, { ...covey, space, voter: people.author });
    await delegateVotes(anvil.covey(deployment, people.delegate));
    await delegateVotes(anvil.covey(deployment, people.voter));
    await anvil.testClient.mine({ blocks: 2 });
    const deploymentFile = join(dir, 'deployment.json');
    writeFileSync(deploymentFile, JSON.stringify(deployment));
    const dataDir = join(dir, 'server');
    const server = await startServer({ dataDir, rpcUrl: anvil.rpcUrl, deploymentFile, port: 0 });

    const author = anvil.wallet(people.author);
    const { timestamp, number } = await anvil.publicClient.getBlock();
    const now = Number(timestamp);
    const snapshot = Number(number) - 1;

    async function post(envelope: unknown): Promise<Hex> {
      const response = await fetch(`${server.url}/snapshot`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(envelope),
      });
      const answer = (await response.json()) as { id: Hex };
      if (!response.ok) throw new Error(`The hub refused a message: ${JSON.stringify(answer)}`);
      return answer.id;
    }
    const propose = async (message: Omit<SnapshotMessage<'proposal'>, 'from'>) =>
      post(await signEnvelope(author, { kind: 'proposal', message }));

    const signals = {} as Record<keyof typeof questions, Hex>;
    for (const [type, title] of Object.entries(questions) as [keyof typeof questions, string][]) {
      signals[type] = await propose({
        ...{ space, timestamp: now, type, title, body: 'A **signal**: nothing is executed.', discussion: '' },
        ...{
          choices: options,
          labels: [],
          start: now,
          end: now + 10 * day,
          snapshot,
          plugins: '{}',
          privacy: '',
          app: 'e2e',
        },
      });
    }

    const actions = [setPolicy(deployment, [{ param: 'unlockRatio', value: parseEther('0.55') }])];
    const bound = bindingMessage({
      ...{ deployment, space, actions, author: author.account.address, snapshot, timestamp: now },
      title: 'Pay more of a reward at once',
      body: 'Unlock ratio to 0.55.',
      start: now + 60,
      end: now + 60 + 3_600,
    });
    const binding = await propose(bound);
    await registerProposal(connect({ deployment, publicClient: anvil.publicClient, wallet: author }), {
      message: bound,
      actions,
    });
    await anvil.advance(120);

    return {
      anvil,
      deployment,
      signals,
      binding,
      url: (path: string) => `${server.url}${path}`,
      address: (account: number): Address => (anvil.accounts[account] as { address: Address }).address,
      stop: async () => {
        await server.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

export type GovernanceWorld = Awaited<ReturnType<typeof startGovernanceWorld>>;
