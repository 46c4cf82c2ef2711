import { createHash } from 'node:crypto';
import {
  roundManagerAbi,
  rewardDistributorAbi,
  slashCourtAbi,
  stakeManagerAbi,
  taskManagerAbi,
} from '@covey/contracts/abi';
import { approveTask, createProposal, execute, vote } from '@covey/governance';
import {
  cidToChain,
  claimTree,
  encodeTaskDocument,
  fileCid,
  keyCommitment,
  resultCommitment,
  resultHash as hashOf,
  submissionCommitment,
  summariseResult,
  taskTerms,
} from '@covey/protocol';
import type { ResultDocument, SummarisedResult, TaskDocument } from '@covey/protocol';
import { create } from 'kubo-rpc-client';
import { parseEther } from 'viem';
import type { Hex } from 'viem';
import type { CoveyServer } from '../app.ts';
import type { World } from './world.ts';

export const salt: Hex = `0x${'5a'.repeat(32)}`;
const windows = { commit: 60, reveal: 60, key: 60, availability: 60, resultCommit: 60, resultReveal: 60 };
export const keys: Hex[] = [`0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`, `0x${'03'.repeat(32)}`];

/** Content of no meaning: what the server indexes does not depend on what a model computes. */
export const content = (name: string) => new TextEncoder().encode(`content of ${name}`);

export async function taskDocument(): Promise<TaskDocument> {
  const shard = async (index: number) => ({
    plaintextSha256: `0x${createHash('sha256').update(`shard ${index}`).digest('hex')}` as Hex,
    ciphertext: await fileCid(content(`shard ${index}`)),
    keyCommitment: keyCommitment(keys[index] as Hex),
  });
  return {
    schema: 'covey.task/1',
    name: 'Digits',
    description: 'Recognise *digits*.',
    mode: 'federated',
    architecture: { layers: [{ type: 'dense', inputs: 4, outputs: 2 }], inputScale: 'byte' },
    initialModel: await fileCid(content('initial')),
    metric: 'loss',
    ranking: 'contribution',
    aggregation: { rule: 'fedavg' },
    rounds: 2,
    windows,
    minTrainerStake: parseEther('1000').toString(),
    minValidatorStake: parseEther('5000').toString(),
    budget: parseEther('1000').toString(),
    validation: { shards: [await shard(0), await shard(1)], holdout: await shard(2) },
    training: { epochs: 1, batchSize: 8, learningRate: 0.1, momentum: 0 },
  };
}

export interface PlayedTask {
  document: TaskDocument;
  documentCid: string;
}

/** Proposes and funds a task, and has it approved by a TokenVoting vote. Its document is on the server's IPFS. */
export async function approvedTask(world: World, server: CoveyServer): Promise<PlayedTask> {
  const { deployment, anvil } = world;
  const ipfs = create({ url: server.url });
  const document = await taskDocument();
  const cid = await ipfs.block.put(encodeTaskDocument(document), { format: 'dag-json', mhtype: 'sha2-256' });
  const documentCid = cid.toString();
  await world.send(0, deployment.taskManager, taskManagerAbi, 'propose', [
    cidToChain(documentCid),
    taskTerms(document),
  ]);
  await world.send(0, deployment.taskManager, taskManagerAbi, 'fund', [1n, parseEther('1000')]);
  const about = { title: 'Approve Digits', summary: 'Task 1', description: 'It is **good**.', resources: [] };
  const metadata = await ipfs.add(JSON.stringify(about));
  const { proposalId } = await createProposal(anvil.covey(deployment, 0), {
    metadata: `ipfs://${metadata.cid}`,
    actions: [approveTask(deployment, 1n)],
    vote: 'yes',
  });
  for (const account of [1, 2, 3]) {
    await vote(anvil.covey(deployment, account), { proposalId, option: account === 3 ? 'no' : 'yes' });
  }
  await anvil.advance(3_700);
  await execute(anvil.covey(deployment, 4), { proposalId });
  return { document, documentCid };
}

/** Accounts 1 and 2 train, 4 to 6 validate; 6 reveals another result. Ends before claims are opened. */
export async function playRound(world: World, server: CoveyServer, task: PlayedTask): Promise<SummarisedResult> {
  const { deployment, anvil } = world;
  const round = async (account: number, name: string, ...args: unknown[]) =>
    world.send(account, deployment.roundManager, roundManagerAbi, name, [1n, ...args]);
  const node = (account: number) => {
    const found = anvil.accounts[account];
    if (found === undefined) throw new Error(`there is no account ${account}`);
    return found.address;
  };
  for (const account of [1, 2])
    await world.send(account, deployment.stakeManager, stakeManagerAbi, 'stake', [parseEther('2000')]);
  for (const account of [4, 5, 6])
    await world.send(account, deployment.stakeManager, stakeManagerAbi, 'stake', [
      parseEther(account === 6 ? '5000' : '6000'),
    ]);
  // Account 3 delegates to the liar, and so shares its slash.
  await world.send(3, deployment.stakeManager, stakeManagerAbi, 'delegateStake', [node(6), parseEther('1000')]);
  // Stake counts as it was in the second before the round opens.
  await anvil.advance(2);
  await round(0, 'open');
  for (const account of [4, 5, 6]) await round(account, 'join', 0);
  const cids = [await fileCid(content('update 1')), await fileCid(content('update 2'))];
  for (const [index, account] of [1, 2].entries()) {
    const commitment = submissionCommitment({
      taskId: 1n,
      round: 0,
      node: node(account),
      cid: cids[index] as string,
      salt,
    });
    await round(account, 'commit', 0, commitment);
  }
  await anvil.advance(60);
  await round(0, 'scheduleDraw', 0);
  await anvil.testClient.mine({ blocks: 2 });
  await round(0, 'draw', 0);
  for (const [index, account] of [1, 2].entries())
    await round(account, 'reveal', 0, cidToChain(cids[index] as string), salt);
  await anvil.advance(60);
  await round(0, 'publishKey', 0, keys[0]);
  await anvil.advance(60);
  for (const account of [4, 5, 6]) await round(account, 'attest', 0, [account === 6 ? 1n : 3n]);
  await anvil.advance(60);
  const honest = summariseResult(resultDocument(task, [node(1), node(2)], cids, world));
  const { summary } = honest;
  const lie = { ...summary, sumWeights: summary.sumWeights + 1n };
  await create({ url: server.url }).block.put(honest.bytes, { format: 'dag-json', mhtype: 'sha2-256' });
  for (const account of [4, 5, 6]) {
    const resultHash = account === 6 ? hashOf(lie) : honest.resultHash;
    await round(
      account,
      'commitResult',
      0,
      resultCommitment({ taskId: 1n, round: 0, validator: node(account), resultHash, salt }),
    );
  }
  await anvil.advance(60);
  for (const account of [4, 5, 6]) await round(account, 'revealResult', 0, account === 6 ? lie : summary, salt);
  await anvil.advance(60);
  await round(0, 'accept', 0, summary);
  return honest;
}

/** Finalizes the round, opens claims, pays all, opens a case against the liar, executes it and collects it all. */
export async function settleRoundOnChain(world: World, result: SummarisedResult): Promise<void> {
  const { deployment, anvil } = world;
  await anvil.advance(90_000);
  await world.send(0, deployment.roundManager, roundManagerAbi, 'finalize', [1n, 0]);
  await world.send(7, deployment.slashCourt, slashCourtAbi, 'open', [
    1n,
    0,
    anvil.accounts[6]?.address,
    0,
    cidToChain(result.cid),
  ]);
  await world.send(0, deployment.rewardDistributor, rewardDistributorAbi, 'openClaims', [1n, 0, result.summary]);
  for (const { leaf, proof } of result.claims) {
    await world.send(0, deployment.rewardDistributor, rewardDistributorAbi, 'claimTrainer', [1n, 0, leaf, proof]);
  }
  for (const account of [4, 5]) {
    await world.send(0, deployment.rewardDistributor, rewardDistributorAbi, 'claimValidator', [
      1n,
      0,
      anvil.accounts[account]?.address,
    ]);
  }
  await anvil.advance(300_000);
  await world.send(0, deployment.slashCourt, slashCourtAbi, 'execute', [1n]);
  const [liar, delegator] = [anvil.accounts[6]?.address, anvil.accounts[3]?.address];
  await world.send(0, deployment.stakeManager, stakeManagerAbi, 'collect', [liar, delegator, 10n]);
}

function resultDocument(
  { document, documentCid }: PlayedTask,
  nodes: Hex[],
  cids: string[],
  world: World,
): ResultDocument {
  const stake = { own: parseEther('2000').toString(), delegated: '0', commission: '0' };
  const weights = [2_000n * 10n ** 18n, 1_800n * 10n ** 18n];
  const submissions: ResultDocument['submissions'] = nodes.map((node, index) => ({
    index,
    node,
    cid: cids[index] as string,
    verdict: 'valid' as const,
    loss: String(1000 + index),
    correct: 5 - index,
    contribution: String(100 - index),
    marginal: String(90 - index),
    rank: index,
    weight: String(weights[index]),
    ownWeight: String(weights[index]),
    stake,
  }));
  const draft = {
    schema: 'covey.result/1' as const,
    chainId: world.deployment.chainId,
    taskId: '1',
    round: 0,
    task: documentCid,
    mode: 'federated' as const,
    ranking: 'contribution' as const,
    policyVersion: 1,
    scorer: `0x${'5c'.repeat(32)}` as Hex,
    shard: { plaintextSha256: document.validation.shards[0]?.plaintextSha256 as Hex, samples: 10 },
    base: document.initialModel,
    model: cids[0] as string,
    baseline: { loss: '2000', correct: 1, total: 10 },
    aggregate: { loss: '900', correct: 6, total: 10 },
    submissions,
  };
  return { ...draft, claims: totalsOf(submissions) };
}

function totalsOf(submissions: ResultDocument['submissions']): ResultDocument['claims'] {
  const leaves = submissions.map(({ index, node, weight, ownWeight }) => ({
    index,
    node,
    weight: BigInt(weight),
    ownWeight: BigInt(ownWeight),
  }));
  const sum = (field: 'weight' | 'ownWeight') => leaves.reduce((total, leaf) => total + leaf[field], 0n).toString();
  return {
    root: claimTree(leaves).root,
    claimants: leaves.length,
    sumWeights: sum('weight'),
    sumOwnWeights: sum('ownWeight'),
    qualifyingOwnStake: submissions.reduce((total, row) => total + BigInt(row.stake.own), 0n).toString(),
  };
}
