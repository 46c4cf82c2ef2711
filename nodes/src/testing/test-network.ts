import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { taskManagerAbi, type Deployment } from '@covey/contracts/abi';
import { deployTestCovey, startAnvil, testBeacon, type Anvil } from '@covey/governance/testing';
import { loadNodeCore } from '@covey/wasm-core/node';
import type { Core } from '@covey/wasm-core';
import { createWalletClient, http, maxUint256, parseEther, type Hex, type PublicClient } from 'viem';
import { chainTime, connect, fundTask, readRound, signedBeacon } from '@covey/client';
import type { CoveyChain, CoveyWriter, DeadlineName, WriteClient } from '@covey/client';
import { createTask, type TaskDraft } from '../creator/create-task.ts';
import { Creator, type CreatorOptions } from '../creator/creator.ts';
import { keyFileOf } from '../creator/keys.ts';
import { prepareValidation, type PreparedValidation } from '../data/validation.ts';
import type { NodeEvent } from '../events.ts';
import { Keeper, type KeeperOptions } from '../keeper/keeper.ts';
import type { Participant } from '../participant/participant.ts';
import { trainOwnData } from '../trainer/train-own-data.ts';
import { trainHere } from '../trainer/training.ts';
import { TrainerNode, type TrainerOptions } from '../trainer/trainer-node.ts';
import { scoreHere } from '../validator/scoring.ts';
import type { ValidatorOptions } from '../validator/options.ts';
import { ValidatorNode } from '../validator/validator-node.ts';
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
  covey: CoveyChain;
  core: Core;
  store: MemoryStore;
  folder: string;
  events: NodeEvent[];
  wallet(index: number): WriteClient;
  /** The deployment as one of anvil's accounts writes it. */
  account(index: number): CoveyWriter;
  /** The DAO as it writes, impersonated: voting is governance's own test. */
  dao(): Promise<CoveyWriter>;
  trainer(n: number, options?: Partial<TrainerOptions>): TrainerNode;
  validator(n: number, options?: Partial<ValidatorOptions>): ValidatorNode;
  keeper(options?: Partial<KeeperOptions>): Keeper;
  creator(task: Pick<TestTask, 'taskId' | 'validation'>, options?: Partial<CreatorOptions>): Creator;
  /** Proposed, funded, approved by the DAO. */
  task(changes?: Partial<TaskDraft>, tamper?: (validation: PreparedValidation) => void): Promise<TestTask>;
  /** Stakes and allocates what the nodes need for rounds that open from the next second on. */
  prepare(taskId: bigint, nodes: readonly Participant[]): Promise<void>;
  /** Moves the clock to just after the end of a round's window. */
  passWindow(taskId: bigint, round: number, window: DeadlineName): Promise<void>;
  /** The same for the window in which what was accepted may be challenged. */
  passChallenge(taskId: bigint, round: number): Promise<void>;
  stop(): Promise<void>;
}

/** Proofs of the beacon of a test deployment. */
const beacon = signedBeacon((round) => testBeacon.sign(round));

/** @param options.scorer SHA-256 of the approved scorer. Default: that of the core here. */
export async function startTestNetwork(options: { scorer?: Hex } = {}): Promise<TestNetwork> {
  const anvil = await startAnvil({ accounts: 24 });
  const core = await loadNodeCore();
  const { deployment } = await deployTestCovey(anvil, { scorer: options.scorer ?? core.sha256 });
  const publicClient = anvil.publicClient as PublicClient;
  const store = memoryStore();
  const folder = await mkdtemp(join(tmpdir(), 'covey-nodes-'));
  const events: NodeEvent[] = [];
  const wallet = (index: number): WriteClient =>
    createWalletClient({ account: anvil.accounts[index]!, chain: anvil.chain, transport: http(anvil.rpcUrl) });
  const account = (index: number) => connect({ publicClient, deployment, wallet: wallet(index) });
  const dao = async () => {
    const address = deployment.dao;
    await anvil.testClient.impersonateAccount({ address });
    await anvil.testClient.setBalance({ address, value: parseEther('1') });
    const wallet = createWalletClient({ account: address, chain: anvil.chain, transport: http(anvil.rpcUrl) });
    return connect({ publicClient, deployment, wallet });
  };
  const onEvent = (event: NodeEvent) => void events.push(event);
  const common = { store, stateDir: folder, onEvent, limits: { maxStake: maxUint256 }, beacon };

  return {
    anvil,
    publicClient,
    deployment,
    covey: connect({ publicClient, deployment }),
    core,
    store,
    folder,
    events,
    wallet,
    account,
    dao,
    trainer: (n, options = {}) =>
      new TrainerNode({
        ...common,
        covey: account(cast.firstTrainer + n),
        produce: trainOwnData({ train: trainHere(core), data: tinyData(160, 100 + n) }),
        ...options,
      }),
    validator: (n, options = {}) =>
      new ValidatorNode({ ...common, covey: account(cast.firstValidator + n), score: scoreHere(core), ...options }),
    keeper: (options = {}) => new Keeper({ covey: account(cast.keeper), beacon, onEvent, ...options }),
    creator: ({ taskId, validation }, options = {}) =>
      new Creator({ covey: account(cast.creator), taskId, keys: keyFileOf(validation), onEvent, ...options }),
    async task(changes, tamper) {
      const draft = tinyDraft(changes);
      const covey = account(cast.creator);
      const validation = prepareValidation({ data: tinyData(300, 7), rounds: draft.rounds, seed: 3 });
      tamper?.(validation);
      const { taskId, cid } = await createTask({
        covey,
        store,
        core,
        draft,
        validation,
        onEvent,
      });
      await fundTask(covey, taskId, draft.budget);
      const { sender } = await dao();
      await sender.send({
        address: deployment.taskManager,
        abi: taskManagerAbi,
        functionName: 'approve',
        args: [taskId],
      });
      return { taskId, document: cid, validation };
    },
    async prepare(taskId, nodes) {
      for (const node of nodes) await node.prepare(taskId);
      await anvil.advance(1);
    },
    async passWindow(taskId, round, window) {
      const { deadlines } = await readRound(account(cast.keeper), taskId, round);
      const missing = BigInt(deadlines[window]) - (await chainTime({ publicClient }));
      if (missing > 0n) await anvil.advance(Number(missing));
    },
    async passChallenge(taskId, round) {
      const { challengeEnd } = await readRound(account(cast.keeper), taskId, round);
      const missing = BigInt(challengeEnd) - (await chainTime({ publicClient }));
      if (missing > 0n) await anvil.advance(Number(missing));
    },
    async stop() {
      await anvil.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
