import { taskManagerAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi';
import {
  attestationCommitment,
  encodeTaskDocument,
  parameterRoot,
  resultCommitment,
  scoreRound,
  submissionCommitment,
  summariseResult,
  type RoundResult,
  type SummarisedResult,
  type TaskDocument,
} from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { createWalletClient, encodeFunctionData, http, keccak256, numberToHex, parseEther, stringToHex } from 'viem';
import type { Abi, Address, Chain, Hex, PublicClient, TestClient } from 'viem';
import type { WriteClient } from '../chain/clients.ts';
import { readRoundInputs } from '../chain/read-round-inputs.ts';
import { codecs } from '../content/content-store.ts';
import { createCovey, type Covey } from '../covey/create-covey.ts';
import type { ActionEvent } from '../events.ts';
import { signedBeacon, type BeaconSource } from '../round/beacon-source.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';
import { quartersModel, quartersTask } from './quarters-task.ts';

// For tests of this package and of those above: one task whose rounds are played step by step through the object, with the
// real core and no daemon. Numbers of accounts are those of the chain's test accounts.

export const ONE: bigint = 10n ** 18n;
/** Each window of the task, seconds. */
export const hour = 3_600;
export const taskId = 1n;

export const creator = 1;
export const trainers = [2, 3] as const;
export const validators = [4, 5, 6] as const;
/** Acts for the last validator. */
export const operator = 7;
/** Delegates to the last training node. */
export const delegator = 8;
export const stranger = 9;

/** COVEY; validators with two fifths and one fifth of the seats, so that the first two have two thirds. */
const stakes = new Map([
  [2, 10_000],
  [3, 20_000],
  [4, 40_000],
  [5, 40_000],
  [6, 20_000],
]);

const saltOf = (account: number): Hex => keccak256(stringToHex(`salt of ${account}`));

/** As much of a development chain as playing takes. */
export interface PlayedChain {
  rpcUrl: string;
  chain: Chain;
  accounts: readonly { address: Address }[];
  publicClient: PublicClient;
  testClient: Pick<TestClient, 'impersonateAccount' | 'setBalance'>;
  wallet(account: number): WriteClient;
  advance(seconds: number): Promise<void>;
}

/** Seats that a deployment for this task draws. */
export const playedPolicy = { trainerSeats: 8n, validatorSeats: 16n } as const;

export interface PlayedTask {
  deployment: Deployment;
  core: Core;
  document: TaskDocument;
  store: MemoryStore;
  /** Of the rounds' shards, then of the hold-out. */
  keys: readonly Hex[];
  beacon: BeaconSource;
  events: ActionEvent[];
  onEvent: (event: ActionEvent) => void;
  address(account: number): Address;
  as(account: number): Covey;
  /** A round as a node's signer sees and changes it. */
  round(account: number, round: number): ReturnType<Covey['round']>;
  /** The signer of a validator: its operator where it has one. */
  signer(account: number): number;
  /** Executes one call as the DAO, which on a test chain anybody may. */
  asDao(call: { address: Address; abi: Abi; functionName: string; args: readonly unknown[] }): Promise<void>;
  /** Opens the next round; everybody joins, and training nodes are drawn, submit and reveal. */
  playToReveals(round: number): Promise<void>;
  joinAll(round: number): Promise<void>;
  submitAll(round: number): Promise<void>;
  /** Everybody had everything, but for what is named here: the bits of the submissions that a validator lacked. */
  attestAll(round: number, lacking?: ReadonlyMap<number, bigint>, attempt?: number): Promise<void>;
  /** Recomputes the round from chain and content, and stores what came out. */
  score(round: number): Promise<RoundResult>;
  /** Another result that a round could have had: the model is the base. Its document is stored. */
  otherResult(result: RoundResult): Promise<SummarisedResult>;
  /** Commits what each of these validators says, and reveals it but for those who withhold it. */
  revealResults(
    round: number,
    said: readonly (readonly [account: number, result: SummarisedResult])[],
    withheld?: readonly number[],
  ): Promise<void>;
}

export interface PlayTaskParameters {
  /** With ten accounts. */
  anvil: PlayedChain;
  /** Has `playedPolicy`, and the core as its scorer. */
  deployment: Deployment;
  core: Core;
  /** Signs the rounds of the deployment's beacon. */
  sign: (drandRound: bigint) => Hex;
  /** How the task is approved. Default: as the DAO, without a vote. */
  approve?: (taskId: bigint) => Promise<void>;
}

/** Proposes, approves and funds the task, and stakes and allocates for everybody. */
export async function playTask({ anvil, deployment, core, sign, approve }: PlayTaskParameters): Promise<PlayedTask> {
  const store = memoryStore();
  const keys = [1n, 2n, 3n, 4n].map((n) => numberToHex(n, { size: 32 }));
  const document = await quartersTask(store, keys, hour);
  const events: ActionEvent[] = [];
  const address = (account: number): Address => anvil.accounts[account]!.address;
  const as = (account: number): Covey =>
    createCovey({ deployment, client: anvil.publicClient, wallet: anvil.wallet(account), content: store });
  const round = (account: number, number: number) => as(account).round({ taskId, round: number });
  const signer = (account: number): number => (account === validators.at(-1) ? operator : account);
  const beacon = signedBeacon(sign);
  const onEvent = (event: ActionEvent) => void events.push(event);

  const played: PlayedTask = {
    deployment,
    core,
    document,
    store,
    keys,
    beacon,
    events,
    onEvent,
    address,
    as,
    round,
    signer,
    async asDao(call) {
      const { dao } = deployment;
      await anvil.testClient.impersonateAccount({ address: dao });
      await anvil.testClient.setBalance({ address: dao, value: ONE });
      const wallet = createWalletClient({ account: dao, chain: anvil.chain, transport: http(anvil.rpcUrl) });
      // Not estimated: what a write costs can change with the second that it is mined in.
      const hash = await wallet.sendTransaction({ to: call.address, data: encodeFunctionData(call), gas: 2_000_000n });
      const { status } = await anvil.publicClient.waitForTransactionReceipt({ hash });
      if (status !== 'success') throw new Error(`${call.functionName} was refused`);
    },
    async playToReveals(number) {
      await as(creator).rounds.open(taskId);
      await played.joinAll(number);
      await anvil.advance(hour);
      await round(0, number).draw(beacon, onEvent);
      await played.submitAll(number);
    },
    async joinAll(number) {
      for (const account of trainers) await round(account, number).join('trainer', [], onEvent);
      for (const account of validators) await round(signer(account), number).join('validator', [], onEvent);
    },
    async submitAll(number) {
      const openings = await Promise.all(
        trainers.map(async (account) => {
          const bytes = quartersModel(account * (number + 1));
          const opening = { cid: await store.add(bytes), parameterRoot: parameterRoot(bytes), salt: saltOf(account) };
          return { account, opening };
        }),
      );
      for (const { account, opening } of openings) {
        const node = address(account);
        await round(account, number).commit(submissionCommitment({ taskId, round: number, node, ...opening }));
      }
      await anvil.advance(hour);
      for (const { account, opening } of openings) await round(account, number).reveal(opening);
      await anvil.advance(hour);
    },
    async attestAll(number, lacking = new Map(), attempt = 0) {
      const missingOf = (account: number) => ({ ciphertextMissing: false, missing: [lacking.get(account) ?? 0n] });
      const salt = saltOf(0);
      for (const account of validators) {
        const said = { ...missingOf(account), validator: address(account), salt };
        const commitment = attestationCommitment({ taskId, round: number, attempt, ...said });
        await round(signer(account), number).attest(commitment);
      }
      await anvil.advance(hour);
      for (const account of validators) {
        await round(signer(account), number).revealAttestation({ ...missingOf(account), salt });
      }
      await anvil.advance(hour);
    },
    async score(number) {
      const inputs = await readRoundInputs(as(0).chain, taskId, number, document);
      const result = await scoreRound({
        core,
        task: document,
        inputs,
        fetch: (cid, options) => store.get(cid, options),
      });
      await store.add(result.model);
      await store.putBlock(codecs.dagJson, result.bytes);
      return result;
    },
    async otherResult({ document: scored }) {
      const other = summariseResult({ ...scored, model: scored.base, aggregate: null });
      await store.putBlock(codecs.dagJson, other.bytes);
      return other;
    },
    async revealResults(number, said, withheld = []) {
      for (const [account, { resultHash }] of said) {
        const salt = saltOf(account);
        const commitment = { taskId, round: number, validator: address(account), resultHash, salt };
        await round(signer(account), number).commitResult(resultCommitment(commitment));
      }
      await anvil.advance(hour);
      for (const [account, { summary }] of said) {
        if (withheld.includes(account)) continue;
        await round(signer(account), number).revealResult({ summary, salt: saltOf(account) });
      }
      await anvil.advance(hour);
    },
  };
  await prepare(played, approve);
  await anvil.advance(10);
  return played;
}

async function prepare(
  { as, address, asDao, deployment, document, store, onEvent }: PlayedTask,
  approve: PlayTaskParameters['approve'],
): Promise<void> {
  const cid = await store.putBlock(codecs.dagJson, encodeTaskDocument(document));
  await as(creator).tasks.propose({ document, cid });
  const tasks = { address: deployment.taskManager, abi: taskManagerAbi };
  await (approve?.(taskId) ?? asDao({ ...tasks, functionName: 'approve', args: [taskId] }));
  await asDao({ ...tasks, functionName: 'setMultiplier', args: [taskId, ONE] });
  await as(creator).task(taskId).fund(parseEther('3000'));
  // At once only for who never staked.
  await as(trainers[1])
    .node(address(trainers[1]))
    .setCommission(ONE / 10n);
  for (const [account, amount] of stakes) {
    const node = as(account).node(address(account));
    await node.stake(parseEther(String(amount)));
    const role = trainers.some((one) => one === account) ? 'trainer' : 'validator';
    await node.allocate({ taskId, role, ratio: ONE }, onEvent);
  }
  await as(delegator).node(address(trainers[1])).stake(parseEther('4000'));
  await as(validators[2]).node(address(validators[2])).offerOperator(address(operator));
  await as(operator).node(address(validators[2])).acceptOperator();
}
