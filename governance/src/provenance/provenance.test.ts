import { modelMarketAbi } from '@covey/contracts/abi';
import {
  codecs,
  compareProvenance,
  ensureAllowance,
  findMaker,
  readProvenance,
  verifyProvenance,
  type ContentReader,
  type CoveyChain,
  type ModelReference,
} from '@covey/client';
import {
  creator,
  hour,
  playedPolicy,
  playTask,
  stranger,
  taskId,
  trainers,
  validators,
  type PlayedTask,
} from '@covey/client/testing/played-task';
import {
  cidToChain,
  decodeProvenance,
  encodeProvenance,
  provenanceCid,
  sha256Hex,
  type MakerProvenance,
  type Provenance,
  type TaskProvenance,
} from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { keccak256, parseEther, stringToHex, zeroAddress, zeroHash, type Hex, type PublicClient } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { delegateVotes } from '../actions/delegate-votes.ts';
import { approveTask } from '../catalogue/tasks.ts';
import { decide, deployTestCovey, startAnvil, testBeacon, type Anvil } from '../testing/index.ts';
import { readTaskDecision } from './read-task-decision.ts';

let anvil: Anvil;
let played: PlayedTask;
/** Of round 0, as it was read before any other round. */
let early: { bytes: Uint8Array; cid: string };
let chain: CoveyChain;

beforeAll(async () => {
  anvil = await startAnvil({ accounts: 10 });
  const core = await loadNodeCore();
  const { deployment } = await deployTestCovey(anvil, { scorer: core.sha256 as Hex, policy: playedPolicy });
  await delegateVotes(anvil.covey(deployment, stranger));
  played = await playTask({
    anvil,
    deployment,
    core,
    sign: (round) => testBeacon.sign(round),
    approve: (id) => decide(anvil, { deployment, actions: [approveTask(deployment, id)], voter: stranger }),
  });
  chain = played.as(0).chain;
  await playRound(0);
  early = await read({ taskId });
  await voidRound(1);
  await playRound(2);
});
afterAll(async () => {
  await anvil?.stop();
});

async function playRound(round: number): Promise<void> {
  const at = played.round(0, round);
  await played.playToReveals(round);
  await at.draw(played.beacon);
  await played.attestAll(round);
  await played.round(creator, round).publishKey(played.keys[round]!);
  await anvil.advance(hour);
  const result = await played.score(round);
  await played.revealResults(
    round,
    validators.map((account) => [account, result] as const),
  );
  await at.accept();
  await anvil.advance(86_400);
  await at.finalize();
  await at.openClaims();
}

/** Nobody submits. */
async function voidRound(round: number): Promise<void> {
  const at = played.round(0, round);
  await played.as(creator).rounds.open(taskId);
  await played.joinAll(round);
  await anvil.advance(hour);
  await at.draw(played.beacon);
  await anvil.advance(2 * hour);
  expect(await at.void()).toBe('voided');
}

const anyOf = (model: ModelReference, covey = chain, reader: ContentReader = played.store) =>
  readProvenance({ covey, reader, model, decision: readTaskDecision });
const read = async (...parameters: Parameters<typeof anyOf>) => {
  const found = await anyOf(...parameters);
  return { ...found, provenance: found.provenance as TaskProvenance };
};

/** The chain through a client that changes the answers to calls of one name. */
const lying = (functionName: string, change: (answer: never) => unknown): CoveyChain => ({
  ...chain,
  publicClient: new Proxy(chain.publicClient, {
    get(client, name, receiver) {
      if (name !== 'readContract') return Reflect.get(client, name, receiver) as unknown;
      return async (call: Parameters<PublicClient['readContract']>[0]) => {
        const answer: unknown = await client.readContract(call);
        return call.functionName === functionName ? change(answer as never) : answer;
      };
    },
  }),
});

/** A store that serves other bytes under one CID. */
const serving = (cid: string, bytes: Uint8Array): ContentReader => ({
  get: async (wanted, options) => (wanted === cid ? bytes : await played.store.get(wanted, options)),
  getBlock: (wanted, options) => played.store.getBlock(wanted, options),
});

describe('the provenance of a model', () => {
  test('tells the rounds, who contributed, and how the task was decided', async () => {
    const { provenance, cid } = await read({ taskId });
    const { origin, model, deployment } = provenance;
    expect(deployment.chainId).toBe(anvil.chain.id);
    expect(provenance.by).toBe('task');
    expect(origin).toMatchObject({ taskId: '1', round: 2, creator: played.address(creator) });
    expect(origin.accepted.map(({ round }) => round)).toEqual([0, 2]);
    expect(origin.voided).toMatchObject([{ round: 1, reason: 'noSubmissions', shard: { key: null } }]);
    expect(origin.accepted.map(({ shard }) => shard.key)).toEqual([played.keys[0], played.keys[2]]);
    for (const round of origin.accepted) {
      const accepted = await played.round(0, round.round).document();
      expect(round).toMatchObject({
        scorer: played.core.sha256,
        agreeing: 16,
        revealed: 16,
        ruled: false,
        challenges: 0,
      });
      expect(round.resultHash).toBe(accepted.info.acceptedHash);
      expect(round.contributors.map(({ node }) => node)).toEqual(trainers.map(played.address));
      const weights = accepted.document.submissions.map(({ weight }) => weight);
      expect(round.contributors.map(({ weight }) => weight)).toEqual(weights);
    }
    expect(origin.decision).toMatchObject({
      by: 'token-voting',
      plugin: played.deployment.tokenVoting,
      proposal: '0',
      author: played.address(stranger),
      yes: String(parseEther('1000000')),
      no: '0',
      voters: 1,
      executor: played.address(stranger),
      executed: { transaction: origin.approved.transaction },
    });
    expect(origin.initial).toEqual({ model: played.document.initialModel, madeBy: null });
    expect(model.cid).toBe(origin.accepted[1]!.model);
    expect(cid).toBe(provenanceCid(provenance));
  });

  test('is the same bytes whenever it is read, and by whichever name', async () => {
    const late = await read({ taskId, round: 0 });
    expect(late.bytes).toEqual(early.bytes);
    const { provenance, cid } = await read({ taskId });
    expect((await read({ cid: provenance.model.cid })).cid).toBe(cid);
    expect((await read({ cid: late.provenance.model.cid })).cid).toBe(early.cid);
    expect(decodeProvenance(early.bytes)).toEqual(late.provenance);
  });

  test('has none where no final round made the model', async () => {
    await expect(read({ cid: played.document.initialModel })).rejects.toMatchObject({ code: 'MODEL_UNKNOWN' });
    await expect(read({ taskId, round: 1 })).rejects.toMatchObject({ code: 'ROUND_NOT_READY' });
    await expect(read({ taskId: 9n })).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
  });

  test('begins with whom the chain had as the maker of the first model by then, and nobody later', async () => {
    const { provenance } = await read({ taskId });
    const [first, last] = provenance.origin.accepted;
    const block = await anvil.publicClient.getBlockNumber();
    const maker = (model: string, before = last!.finalized) => findMaker(chain, played.store, model, { block, before });
    const { finalized } = first!;
    expect(await maker(first!.model)).toEqual({ taskId, round: 0, finalized });
    expect(await maker(first!.model, finalized)).toBeNull();
    expect(await maker(last!.model)).toBeNull();
    expect(await maker(played.document.initialModel)).toBeNull();
    const hidden = lying('task', (answer: object) => ({ ...answer, roundsClosed: 4 }));
    await expect(findMaker(hidden, played.store, first!.model, { block })).rejects.toMatchObject({
      code: 'LOGS_INCOMPLETE',
    });
  });

  test('is refused where the endpoint or the content lies', async () => {
    const { provenance } = await read({ taskId });
    const votes = lying('getProposal', ([open, executed, terms, tally, ...rest]: never[]) => [
      open,
      executed,
      terms,
      { ...(tally as object), no: 5n },
      ...rest,
    ]);
    await expect(read({ taskId }, votes)).rejects.toMatchObject({ code: 'LOGS_INCOMPLETE' });
    const scorer = lying('scorerAt', () => `0x${'11'.repeat(32)}`);
    await expect(read({ taskId }, scorer)).rejects.toMatchObject({ code: 'RESULT_MISMATCH' });
    const task = lying('task', (answer: object) => ({ ...answer, creator: played.address(stranger) }));
    await expect(read({ taskId }, task)).rejects.toMatchObject({ code: 'LOGS_INVALID' });
    const [first, last] = provenance.origin.accepted;
    const swapped = serving(last!.result, await played.store.get(first!.result));
    await expect(read({ taskId }, chain, swapped)).rejects.toMatchObject({ code: 'RESULT_MISMATCH' });
  });
});

describe('verifying', () => {
  test('finds nothing in what is true, and recomputes every round', async () => {
    const told = await read({ taskId });
    const verified = await verifyProvenance({
      covey: chain,
      reader: played.store,
      document: told.provenance,
      decision: readTaskDecision,
      core: played.core,
    });
    expect(verified).toMatchObject({ match: true, cid: told.cid, differences: [], model: null });
    expect(verified.shards.map(({ opened, match }) => [opened, match])).toEqual([
      [true, true],
      [false, null],
      [true, true],
    ]);
    expect(verified.replayed?.map(({ round, match }) => [round, match])).toEqual([
      [0, true],
      [2, true],
    ]);
  });

  test('names every fact that was changed', async () => {
    const told = await read({ taskId });
    const changes: Record<string, (document: TaskProvenance) => void> = {
      licence: (document) => void (document.licence = 'MIT'),
      'origin.creator': ({ origin }) => void (origin.creator = played.address(stranger)),
      'origin.decision.yes': ({ origin }) => void ('yes' in origin.decision && (origin.decision.yes = '1')),
      'origin.decision.executed.log': ({ origin }) =>
        void ('executed' in origin.decision && origin.decision.executed.log++),
      'origin.accepted.0.contributors.1.weight': ({ origin }) =>
        void (origin.accepted[0]!.contributors[1]!.weight = '7'),
      'origin.accepted.1.scorer': ({ origin }) => void (origin.accepted[1]!.scorer = `0x${'22'.repeat(32)}`),
      'origin.accepted.1.shard.plaintextSha256': ({ origin }) =>
        void (origin.accepted[1]!.shard.plaintextSha256 = `0x${'33'.repeat(32)}`),
      'origin.voided.0.reason': ({ origin }) => void (origin.voided[0]!.reason = 'noSeed'),
      'model.sha256': ({ model }) => void (model.sha256 = `0x${'44'.repeat(32)}`),
    };
    for (const [field, change] of Object.entries(changes)) {
      const document = structuredClone(told.provenance);
      change(document);
      const found = compareProvenance(decodeProvenance(encodeProvenance(document)), told.provenance);
      expect(found.map((difference) => difference.field)).toEqual([field]);
      const verified = await verifyProvenance({
        covey: chain,
        reader: played.store,
        document,
        decision: readTaskDecision,
        read: told,
      });
      expect(verified.match).toBe(false);
    }
  });

  test('opens shards, and says where one is not what was promised', async () => {
    const told = await read({ taskId });
    const [first, last] = told.provenance.origin.accepted;
    const reader = serving(last!.shard.ciphertext, await played.store.get(first!.shard.ciphertext));
    const verified = await verifyProvenance({
      covey: chain,
      reader,
      document: told.provenance,
      decision: readTaskDecision,
      read: told,
    });
    expect(verified.match).toBe(false);
    expect(verified.shards.map(({ match }) => match)).toEqual([true, null, false]);
    expect(verified.shards[2]!.differences).toMatchObject([{ field: 'ciphertext', got: 'PROTOCOL_DECRYPTION_FAILED' }]);
  });
});

describe('a model that its maker registered alone', () => {
  const none = { codec: 0n, digest: zeroHash };
  const terms = { token: zeroAddress, price: 1n, period: 0, creatorShare: 0n, card: none, previous: 0n } as const;
  const hash = (text: string) => keccak256(stringToHex(text));
  /** Who pays the fee of a listing. */
  const maker = async () => {
    const covey = anvil.covey(played.deployment, stranger);
    await ensureAllowance(covey, played.deployment.modelMarket, parseEther('10'));
    return covey.sender;
  };

  test('has a provenance that says so, open or sealed', async () => {
    const { token, modelMarket } = played.deployment;
    const market = { address: modelMarket, abi: modelMarketAbi } as const;
    const listOwn = async (cid: string) =>
      (await maker()).send({ ...market, functionName: 'listOwn', args: [cidToChain(cid), { ...terms, token }] });
    const bytes = new TextEncoder().encode('weights of its own');
    const own = await played.store.add(bytes);
    const manifest = await played.store.putBlock(codecs.dagJson, new TextEncoder().encode('{"sealed":true}'));
    const file = { size: 5n, keyHash: hash('key'), plainRoot: hash('plain'), cipherRoot: hash('cipher') };
    await listOwn(own);
    const next = { ...terms, token, previous: 1n };
    await (await maker()).send({ ...market, functionName: 'listSealed', args: [cidToChain(manifest), file, next] });
    // Who registers it again is not its maker; and a model that a round made has that maker, whoever lists it.
    await listOwn(own);
    const { provenance: made } = await read({ taskId });
    await listOwn(made.model.cid);
    expect((await read({ cid: made.model.cid })).provenance.by).toBe('task');

    const open = await anyOf({ cid: own });
    expect(open.provenance).toMatchObject({
      by: 'maker',
      deployment: { chainId: anvil.chain.id, modelMarket: played.deployment.modelMarket },
      model: { sealed: false, cid: own, bytes: bytes.length, sha256: sha256Hex(bytes) },
      origin: { listing: '1', maker: played.address(stranger), previous: null },
    });
    const sealed = await anyOf({ cid: manifest });
    expect(sealed.provenance).toMatchObject({
      by: 'maker',
      model: { sealed: true, cid: manifest, bytes: 5, keyHash: file.keyHash, parameterRoot: file.plainRoot },
      origin: { listing: '2', previous: '1' },
    });
    const verify = (document: Provenance) =>
      verifyProvenance({ covey: chain, reader: played.store, document, decision: readTaskDecision });
    expect(await verify(open.provenance)).toMatchObject({ match: true, cid: open.cid, shards: [], replayed: null });
    const stolen = structuredClone(open.provenance) as MakerProvenance;
    stolen.origin.maker = played.address(creator);
    expect(await verify(stolen)).toMatchObject({ match: false, differences: [{ field: 'origin.maker' }] });
    const hidden = lying('listingCount', () => 5n);
    await expect(anyOf({ cid: own }, hidden)).rejects.toMatchObject({ code: 'LOGS_INCOMPLETE' });
  });
});
