import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { taskManagerAbi, type Deployment } from '@covey/contracts/abi';
import { deployTestCovey, startAnvil, type Anvil } from '@covey/governance/testing';
import { loadNodeCore } from '@covey/wasm-core/node';
import type { Core } from '@covey/wasm-core';
import { createWalletClient, http, parseEther, type PublicClient } from 'viem';
import { chainTime } from '@covey/client';
import { readRound, type RoundOnChain } from '@covey/client';
import { Sender, type Wallet } from '@covey/client';
import { createTask, fundTask, type TaskDraft } from '../creator/create-task.ts';
import { prepareValidation, type PreparedValidation } from '../data/validation.ts';
import type { NodeEvent } from '../events.ts';
import { Keeper } from '../keeper/keeper.ts';
import type { Participant } from '../node.ts';
import { TrainerNode, type TrainerOptions } from '../trainer/trainer-node.ts';
import { ValidatorNode, type ValidatorOptions } from '../validator/validator-node.ts';
import { memoryStore, type MemoryStore } from '@covey/client/testing';
import { tinyData, tinyDraft } from './tiny-task.ts';

/** Who is who among anvil's accounts. */
export const cast = { deployer: 0, creator: 1, firstTrainer: 2, firstValidator: 10, keeper: 20, outsider: 21 };

export interface TestTask {
  taskId: bigint;
  document: string;
  validation: PreparedValidation;
}

/** A chain of its own with the real contracts, and content in memory. */
export interface TestNetwork {
  anvil: Anvil;
  publicClient: PublicClient;
  deployment: Deployment;
  core: Core;
  store: MemoryStore;
  folder: string;
  events: NodeEvent[];
  wallet(index: number): Wallet;
  sender(index: number): Sender;
  trainer(n: number, options?: Partial<TrainerOptions>): TrainerNode;
  validator(n: number, options?: Partial<ValidatorOptions>): ValidatorNode;
  keeper(): Keeper;
  /** Proposed, funded, approved by the DAO (impersonated: voting is governance's own test). */
  task(changes?: Partial<TaskDraft>, tamper?: (validation: PreparedValidation) => void): Promise<TestTask>;
  /** Stakes what the nodes need for rounds that open from the next second on. */
  prepare(taskId: bigint, nodes: readonly Participant[]): Promise<void>;
  /** Moves the clock to just after the end of a round's window. */
  passWindow(taskId: bigint, round: number, window: keyof RoundOnChain['deadlines']): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestNetwork(): Promise<TestNetwork> {
  const anvil = await startAnvil({ accounts: 24 });
  const core = await loadNodeCore();
  const { deployment } = await deployTestCovey(anvil, { scorer: core.sha256 });
  const publicClient = anvil.publicClient as PublicClient;
  const store = memoryStore();
  const folder = await mkdtemp(join(tmpdir(), 'covey-nodes-'));
  const events: NodeEvent[] = [];
  const wallet = (index: number): Wallet =>
    createWalletClient({ account: anvil.accounts[index]!, chain: anvil.chain, transport: http(anvil.rpcUrl) });
  const sender = (index: number) => new Sender({ publicClient, wallet: wallet(index) });
  const onEvent = (event: NodeEvent) => void events.push(event);
  const common = { publicClient, deployment, store, core, stateDir: folder, onEvent };

  return {
    anvil,
    publicClient,
    deployment,
    core,
    store,
    folder,
    events,
    wallet,
    sender,
    trainer: (n, options = {}) =>
      new TrainerNode({ ...common, wallet: wallet(cast.firstTrainer + n), data: tinyData(160, 100 + n), ...options }),
    validator: (n, options = {}) =>
      new ValidatorNode({ ...common, wallet: wallet(cast.firstValidator + n), ...options }),
    keeper: () => new Keeper({ publicClient, deployment, wallet: wallet(cast.keeper), onEvent }),
    async task(changes, tamper) {
      const draft = tinyDraft(changes);
      const creator = sender(cast.creator);
      const validation = prepareValidation({ data: tinyData(300, 7), rounds: draft.rounds, seed: 3 });
      tamper?.(validation);
      const { taskId, cid } = await createTask({
        sender: creator,
        deployment,
        store,
        core,
        draft,
        validation,
        onEvent,
      });
      await fundTask(creator, deployment, taskId, draft.budget);
      await anvil.testClient.impersonateAccount({ address: deployment.dao });
      await anvil.testClient.setBalance({ address: deployment.dao, value: parseEther('1') });
      const hash = await createWalletClient({ chain: anvil.chain, transport: http(anvil.rpcUrl) }).writeContract({
        account: deployment.dao,
        address: deployment.taskManager,
        abi: taskManagerAbi,
        functionName: 'approve',
        args: [taskId],
        // Stamps the time: an estimate made within the second of the proposal is too low in the next.
        gas: 500_000n,
      });
      const { status } = await publicClient.waitForTransactionReceipt({ hash });
      if (status !== 'success') throw new Error(`approving task ${taskId} failed: ${hash}`);
      return { taskId, document: cid, validation };
    },
    async prepare(taskId, nodes) {
      for (const node of nodes) await node.prepare(taskId);
      await anvil.advance(1);
    },
    async passWindow(taskId, round, window) {
      const { deadlines } = await readRound(publicClient, deployment, taskId, round);
      const missing = BigInt(deadlines[window]) - (await chainTime(publicClient));
      if (missing > 0n) await anvil.advance(Number(missing));
    },
    async stop() {
      await anvil.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
