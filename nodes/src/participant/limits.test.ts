import { connect, readPolicy, readStake } from '@covey/client';
import { scaled } from '@covey/client/testing/pace';
import { parameterCount, submissionLimit } from '@covey/protocol';
import { setTimeout as sleep } from 'node:timers/promises';
import { erc20Abi, numberToHex, parseEther, type PublicClient } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTask } from '../creator/create-task.ts';
import { prepareValidation } from '../data/validation.ts';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';
import { tinyData, tinyDraft } from '../testing/tiny-task.ts';
import type { Participant } from './participant.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

const token = () => ({ address: network.deployment.token, abi: erc20Abi }) as const;
const balance = (node: Participant) =>
  network.publicClient.readContract({ ...token(), functionName: 'balanceOf', args: [node.address] });
const staked = async (node: Participant) => (await readStake(network.covey, node.address)).own;

/** Lets daemons look a few times, then stops them. */
async function letRun(nodes: readonly Participant[], ms: number): Promise<void> {
  const stop = new AbortController();
  const running = nodes.map((node) => node.run({ signal: stop.signal, pollMs: 20 }));
  await sleep(scaled(ms));
  stop.abort();
  await Promise.all(running);
}

it('a task that is only proposed makes no daemon stake, whatever it asks for and whatever the operator allows', async () => {
  const nodes = [network.trainer(0), network.validator(0)];
  const [trainer, validator] = await Promise.all(nodes.map(balance));
  const draft = tinyDraft({ rounds: 1, minTrainerStake: trainer!, minValidatorStake: validator! });
  const { taskId } = await createTask({
    covey: network.account(cast.creator),
    store: network.store,
    core: network.core,
    draft,
    validation: prepareValidation({ data: tinyData(300, 7), rounds: 1, seed: 3 }),
    onEvent: () => undefined,
  });
  await letRun(nodes, 1_000);
  for (const node of nodes) {
    expect(await staked(node)).toBe(0n);
    await expect(node.prepare(taskId)).rejects.toMatchObject({ code: 'TASK_NOT_APPROVED', got: 'proposed' });
  }
});

it('a daemon stakes for an approved task only up to what its operator allows, and by itself nothing at all', async () => {
  const { taskId } = await network.task({ rounds: 1, minValidatorStake: parseEther('6000') });
  const careful = network.validator(1, { limits: {} });
  await expect(careful.prepare(taskId)).rejects.toMatchObject({ code: 'STAKE_LIMIT', got: String(parseEther('6000')) });
  expect(await staked(careful)).toBe(0n);
  // What the operator itself wants to hold is held; the task gets nothing beyond it.
  const limits = { maxStake: parseEther('5999') };
  const willing = network.validator(1, { limits, stake: parseEther('10') });
  await letRun([willing], 500);
  expect(await staked(willing)).toBe(parseEther('10'));
  expect(network.events.filter(({ event }) => event === 'error')).toContainEqual(
    expect.objectContaining({ code: 'STAKE_LIMIT', taskId }),
  );
  await network.validator(1, { limits: { maxStake: parseEther('6000') } }).prepare(taskId);
  expect(await staked(willing)).toBe(parseEther('6000'));
  await careful.prepare(taskId);
});

it('tasks side by side make a node stake what its operator wants once', async () => {
  const tasks = [await network.task({ rounds: 1 }), await network.task({ rounds: 1 })];
  const node = network.trainer(5, { stake: parseEther('4000'), allocate: 5n * 10n ** 17n });
  await Promise.all(tasks.map(({ taskId }) => node.prepare(taskId)));
  expect(await staked(node)).toBe(parseEther('4000'));
});

it('an endpoint that is behind what a node staked does not make it stake again', async () => {
  const { publicClient, deployment } = network;
  const { taskId } = await network.task({ rounds: 1 });
  const blockNumber = await publicClient.getBlockNumber({ cacheTime: 0 });
  const behind = new Proxy(publicClient, {
    get(client, name, receiver) {
      if (name === 'request') {
        return (call: { method: string; params: unknown[] }) =>
          client.request(
            (call.method === 'eth_getBlockByNumber' && call.params[0] === 'latest'
              ? { ...call, params: [numberToHex(blockNumber), false] }
              : call) as never,
          );
      }
      if (name !== 'readContract') return Reflect.get(client, name, receiver) as unknown;
      return (call: Parameters<PublicClient['readContract']>[0]) =>
        client.readContract(
          call.functionName === 'stakeOf' && call.blockNumber === undefined ? { ...call, blockNumber } : call,
        );
    },
  });
  const wallet = network.wallet(cast.firstTrainer + 6);
  const options = { stake: parseEther('4000') };
  const node = network.trainer(6, { ...options, covey: connect({ publicClient, deployment, wallet }) });
  await node.prepare(taskId);
  const lagging = network.trainer(6, { ...options, covey: connect({ publicClient: behind, deployment, wallet }) });
  await expect(lagging.prepare(taskId)).rejects.toMatchObject({ code: 'CHAIN_LAGGING' });
  expect(await staked(node)).toBe(parseEther('4000'));
  await node.prepare(taskId);
  expect(await staked(node)).toBe(parseEther('4000'));
});

it('a task that cannot be scored within its window of results is neither proposed nor joined', async () => {
  // By loss every seat may be scored by itself.
  const draft = tinyDraft({
    rounds: 1,
    ranking: 'loss',
    architecture: {
      layers: [
        { type: 'dense', inputs: 16, outputs: 65_536 },
        { type: 'relu' },
        { type: 'dense', inputs: 65_536, outputs: 4 },
      ],
      input: 'u8',
    },
  });
  const proposing = createTask({
    covey: network.account(cast.creator),
    store: network.store,
    core: network.core,
    draft: { ...draft, windows: { ...draft.windows, resultCommit: 10 } },
    validation: prepareValidation({ data: tinyData(300, 7), rounds: 1, seed: 3 }),
    onEvent: () => undefined,
  });
  await expect(proposing).rejects.toMatchObject({ code: 'TASK_TOO_COSTLY' });
  const { taskId } = await network.task({ rounds: 1 });
  const node = network.trainer(7, { limits: { maxStake: parseEther('10000') } });
  // As a creator could have proposed it without our command.
  (await node.task(taskId)).document.windows.resultCommit = 0;
  await expect(node.prepare(taskId)).rejects.toMatchObject({ code: 'TASK_TOO_COSTLY' });
  expect(await staked(node)).toBe(0n);
});

it('a model that cannot fit into the memory that the operator allows is left out before anything is staked', async () => {
  const { taskId } = await network.task({ rounds: 1 });
  const small = network.trainer(1, { limits: { maxStake: parseEther('10000'), maxMemoryBytes: 1_000 } });
  await expect(small.prepare(taskId)).rejects.toMatchObject({ code: 'MEMORY_LIMIT' });
  expect(await staked(small)).toBe(0n);
});

it('a validator joins no task whose submissions, all of the largest size, would not fit beside the model', async () => {
  const { taskId } = await network.task({ rounds: 1 });
  const { architecture } = tinyDraft();
  const { maxSubmissionBytes, trainerSeats } = await readPolicy(network.covey);
  const files = Number(trainerSeats) * submissionLimit(architecture, maxSubmissionBytes);
  const withRoomFor = (maxMemoryBytes: number) =>
    network.validator(4, { limits: { maxStake: parseEther('1000000'), maxMemoryBytes } });
  // By contribution 22 f32 vectors stand beside them, and the updates themselves with one more row.
  const needed = files + (22 + Number(trainerSeats) + 1) * 4 * parameterCount(architecture);
  for (const room of [files, needed - 1])
    await expect(withRoomFor(room).prepare(taskId)).rejects.toMatchObject({ code: 'MEMORY_LIMIT' });
  await withRoomFor(needed).prepare(taskId);
  await network.trainer(1, { limits: { maxStake: parseEther('10000'), maxMemoryBytes: files } }).prepare(taskId);
});

it('an account that lacks tokens, or what gas costs, approves nothing', async () => {
  const { taskId } = await network.task({ rounds: 1 });
  const node = network.validator(2);
  const tokens = await balance(node);
  const allowance = () =>
    network.publicClient.readContract({
      ...token(),
      functionName: 'allowance',
      args: [node.address, network.deployment.stakeManager],
    });
  await node.covey.sender.send({ ...token(), functionName: 'transfer', args: [network.deployment.dao, tokens] });
  await expect(node.prepare(taskId)).rejects.toMatchObject({ code: 'BALANCE_TOO_LOW', got: '0' });
  const poor = network.validator(3);
  await network.anvil.testClient.setBalance({ address: poor.address, value: 1_000n });
  await expect(poor.prepare(taskId)).rejects.toMatchObject({ code: 'BALANCE_TOO_LOW', got: '1000' });
  expect(await allowance()).toBe(0n);
});

it('an account sends nothing that needs more gas, or gas at a higher price, than its operator allows', async () => {
  const { publicClient, deployment } = network;
  const limited = (limits: { maxGas?: bigint; maxGasPrice?: bigint }) =>
    connect({ publicClient, deployment, wallet: network.wallet(cast.outsider), limits }).sender.send({
      ...token(),
      functionName: 'approve',
      args: [deployment.stakeManager, 1n],
    });
  await expect(limited({ maxGas: 22_000n })).rejects.toMatchObject({ code: 'GAS_LIMIT' });
  await expect(limited({ maxGasPrice: 1n })).rejects.toMatchObject({ code: 'GAS_PRICE_LIMIT' });
  const sent = await limited({ maxGas: 100_000n, maxGasPrice: 100n * 10n ** 9n });
  expect(sent.gasUsed).toBeLessThan(100_000n);
});
