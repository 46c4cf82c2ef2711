import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { Deployment } from '@covey/contracts/abi';
import {
  bindingMessage,
  executeBound,
  getBoundProposal,
  readHubVotes,
  registerProposal,
  setPolicy,
  signEnvelope,
  submitVotes,
  type BoundProposal,
} from '@covey/governance';
import { deployTestCovey, installSnapshotVoting, startAnvil, type Anvil } from '@covey/governance/testing';
import { connect, readPolicyNumber } from '@covey/client';
import { createWalletClient, custom, parseEther, type Hex, type TransactionReceipt } from 'viem';
import type { PrivateKeyAccount } from 'viem/accounts';
import { indexed, startServer } from '../demo/processes.ts';
import { createElectorate } from './electorate.ts';

export interface Stage {
  stage: string;
  seconds: number;
  transactions?: number;
  gas?: bigint;
}

export interface VotersResult {
  voters: number;
  stages: Stage[];
  /** The proposal as it was when it became executable. */
  proposal: BoundProposal;
  /** What the hub said of the votes that it was sent. */
  accepted: number;
  counted: number;
  /** Gas of the batches, for each vote. */
  gasPerVote: number;
  /** The policy's number before, and after the execution. */
  policy: { before: bigint; after: bigint; wanted: bigint };
}

const space = 'covey.eth';
/** Account numbers: who decides on the installation and holds what voters get; who only brings votes on chain. */
const [holder, passerBy] = [1, 2];
const postsAtOnce = 16;

/** For, against and abstain, six to three to one. */
const choiceOf = (index: number): number => [1, 1, 2, 1, 1, 3, 2, 1, 1, 2][index % 10] ?? 1;

/**
 * One binding Snapshot vote end to end: a chain, a server with its hub in a process of its own, votes by HTTP, brought on
 * chain in batches by somebody else, executed. Whatever goes wrong is thrown.
 */
export async function voteOnce(options: {
  voters: number;
  dir: string;
  progress: (text: string) => void;
}): Promise<VotersResult> {
  const { voters: count, dir, progress } = options;
  const anvil = await startAnvil({ accounts: 3 });
  const stages: Stage[] = [];
  const timed = async <T>(stage: string, action: () => Promise<T>, receipts?: (value: T) => TransactionReceipt[]) => {
    progress(stage);
    const start = performance.now();
    const value = await action();
    const used = receipts?.(value);
    const gas = used?.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
    const seconds = (performance.now() - start) / 1000;
    stages.push({ stage, seconds, ...(used && gas !== undefined && { transactions: used.length, gas }) });
    return value;
  };
  let server: Awaited<ReturnType<typeof startServer>> | undefined;
  try {
    const { deployment, electorate } = await timed('deploy, install the plugin, create the voters', () =>
      prepare(anvil, count),
    );
    const deploymentFile = join(dir, 'deployment.json');
    writeFileSync(deploymentFile, JSON.stringify(deployment));
    server = await timed('start server and hub', () =>
      startServer({ dataDir: join(dir, 'server'), rpcUrl: anvil.rpcUrl, deploymentFile, port: 0 }),
    );
    const { url } = server;

    const before = await unlockRatio(anvil, deployment);
    const wanted = before + parseEther('0.1');
    const actions = [setPolicy(deployment, [{ param: 'unlockRatio', value: wanted }])];
    const block = await anvil.publicClient.getBlock();
    const author = anvil.wallet(holder);
    const start = Number(block.timestamp) + 600;
    const drafted = bindingMessage({
      deployment,
      space,
      actions,
      author: author.account.address,
      title: 'Pay more of a reward at once',
      body: 'Unlock ratio up by 0.1.',
      timestamp: Number(block.timestamp),
      start,
      end: start + 3_600,
      snapshot: Number(block.number) - 1,
    });
    const signed = await signEnvelope(author, { kind: 'proposal', message: drafted });
    await indexed(url, block.number);
    await post(url, signed);
    const { id } = await timed(
      'register the proposal',
      () =>
        registerProposal(connect({ deployment, publicClient: anvil.publicClient, wallet: author }), {
          message: drafted,
          actions,
        }),
      ({ receipt }) => [receipt],
    );
    await anvil.advance(start - Number(block.timestamp) + 1);

    const envelopes = await timed('sign the votes', () =>
      Promise.all(electorate.map((account, index) => signVote(account, id, start + 1, choiceOf(index)))),
    );
    await indexed(url, await anvil.publicClient.getBlockNumber({ cacheTime: 0 }));
    const accepted = await timed('cast the votes by HTTP', () => castAll(url, envelopes));

    await anvil.advance(3_600);
    const { votes, failed } = await timed('read and verify the votes from the hub', () =>
      readHubVotes({ hub: `${url}/graphql`, ipfs: url, id, publicClient: anvil.publicClient }),
    );
    if (failed.length > 0) throw new Error(`The hub could not prove ${failed.length} votes: ${failed[0]?.message}`);
    const submitted = await timed(
      'bring the votes on chain',
      () => submitVotes(anvil.covey(deployment, passerBy), { id, envelopes: votes }),
      ({ receipts }) => receipts,
    );
    const { executableFrom } = await getBoundProposal(anvil.covey(deployment), { id });
    const now = Number((await anvil.publicClient.getBlock()).timestamp);
    await anvil.advance(executableFrom - now);
    const proposal = await getBoundProposal(anvil.covey(deployment), { id });
    await timed(
      'execute',
      () => executeBound(anvil.covey(deployment, passerBy), { id, actions }),
      ({ receipt }) => [receipt],
    );
    const gas = submitted.receipts.reduce((sum, { gasUsed }) => sum + gasUsed, 0n);
    return {
      voters: count,
      stages,
      proposal,
      accepted,
      counted: submitted.counted,
      gasPerVote: Math.round(Number(gas) / count),
      policy: { before, after: await unlockRatio(anvil, deployment), wanted },
    };
  } finally {
    await server?.stop();
    await anvil.stop();
  }
}

async function prepare(
  anvil: Anvil,
  count: number,
): Promise<{ deployment: Deployment; electorate: PrivateKeyAccount[] }> {
  const recipient = anvil.accounts[holder] as PrivateKeyAccount;
  const covey = await deployTestCovey(anvil, {
    genesis: [{ recipient: recipient.address, amount: parseEther('20000000') }],
    policy: { policyNotice: 0n },
  });
  // Of a thousand voters most have to take part: all of them hold about two in a hundred of all tokens.
  const settings = { minParticipation: 10 * count };
  const deployment = await installSnapshotVoting(anvil, { ...covey, space, settings });
  const electorate = await createElectorate(anvil, deployment, { count, holder });
  await anvil.testClient.mine({ blocks: 2 });
  return { deployment, electorate };
}

const unlockRatio = (anvil: Anvil, deployment: Deployment): Promise<bigint> =>
  readPolicyNumber(anvil.covey(deployment), 'unlockRatio');

const offline = custom({ request: () => Promise.reject(new Error('voting needs no chain')) });

function signVote(account: PrivateKeyAccount, proposal: Hex, timestamp: number, choice: number): Promise<unknown> {
  return signEnvelope(createWalletClient({ account, transport: offline }), {
    kind: 'vote',
    message: { space, timestamp, proposal, choice, reason: '', app: '', metadata: '{}' },
  });
}

/** Posts as so many people at once would; how many the hub acknowledged. */
async function castAll(url: string, envelopes: unknown[]): Promise<number> {
  const left = [...envelopes];
  let accepted = 0;
  const worker = async () => {
    for (let envelope = left.pop(); envelope; envelope = left.pop()) {
      await post(url, envelope);
      accepted += 1;
    }
  };
  await Promise.all(Array.from({ length: postsAtOnce }, worker));
  return accepted;
}

async function post(url: string, envelope: unknown): Promise<void> {
  const response = await fetch(`${url}/snapshot`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', connection: 'close' },
    body: JSON.stringify(envelope),
  });
  if (!response.ok) throw new Error(`The hub refused a message: ${await response.text()}`);
}
