import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testMnemonic } from '@covey/governance/testing';
import { allocate, codecs, stake } from '@covey/client';
import { bytesOf } from '@covey/client/inference';
import { serveContent, type HttpContent } from '@covey/client/testing';
import { documentCid, modelToBytes, type Architecture } from '@covey/protocol';
import {
  answerHash,
  decodeRequest,
  digestOf,
  encodeNetwork,
  encodeRequest,
  type GenerateRequest,
  type Offer,
} from '@covey/protocol/inference';
import { bytesToHex, parseEther, type Hex } from 'viem';
import { mnemonicToAccount, privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { covey, type CoveyProcess } from '../testing/covey-process.ts';
import { freePort } from '../testing/free-port.ts';
import { listSealed, sealModel } from '../testing/sealed-model.ts';
import { cast, startTestNetwork, type TestNetwork } from '../testing/test-network.ts';

let network: TestNetwork;
let content: HttpContent;
let common: string[];
const started: CoveyProcess[] = [];
const host = 5;

const architecture: Architecture = {
  layers: [
    { type: 'embedding', vocabulary: 256, length: 8, width: 4 },
    { type: 'residual', layers: [{ type: 'attention', width: 4, heads: 1, rotary: true }] },
    { type: 'dense', inputs: 4, outputs: 256 },
  ],
  input: 'tokens',
};

beforeAll(async () => {
  network = await startTestNetwork();
  content = await serveContent(network.store);
  const deployment = join(network.folder, 'deployment.json');
  await writeFile(deployment, JSON.stringify(network.deployment));
  common = ['--rpc', network.anvil.rpcUrl, '--deployment', deployment, '--json'];
});

afterAll(async () => {
  await Promise.all(started.map((running) => running.kill()));
  await content?.stop();
  await network?.stop();
});

function start(args: string[], account: number): CoveyProcess {
  const running = covey([...args, ...common], { COVEY_PRIVATE_KEY: privateKeyOf(account) });
  started.push(running);
  return running;
}

async function result(args: string[], account: number) {
  const running = start(args, account);
  const code = await running.exit;
  if (running.lines[0] === undefined) throw new Error(running.stderr);
  return { code, line: running.lines[0] };
}

it('a host enlists, answers for pay and redeems; who asked audits what it signed, and closes the channel', async () => {
  const { store, folder } = network;
  const parameters = network.core.initialise(architecture.layers, 2);
  const model = await store.add(modelToBytes(architecture, parameters));
  const document = await store.putBlock(codecs.dagJson, encodeNetwork(architecture));
  const offer: Offer = {
    schema: 'covey.offer/1',
    name: 'A host',
    models: [
      { name: 'bytes', model, network: document, window: 8, request: String(parseEther('0.01')), thousand: '0' },
    ],
    limits: { requestBytes: 65_536, tokens: 64, queue: 8 },
  };
  const file = join(folder, 'offer.json');
  await writeFile(file, JSON.stringify(offer));
  const account = network.account(host);
  await stake(account, parseEther('20000'));
  await allocate(account, { taskId: 0n, role: 'host', ratio: 10n ** 18n });
  await network.anvil.advance(2);
  const port = await freePort();
  const ipfs = ['--ipfs', content.url];

  const unknown = await result(['host', 'serve', '--offer', file, '--once', ...ipfs], host);
  expect(unknown.line).toMatchObject({ error: { code: 'HOST_NOT_ENLISTED' } });
  const enlisted = await result(
    ['host', 'enlist', '--offer', file, '--endpoint', `http://127.0.0.1:${port}`, ...ipfs],
    host,
  );
  expect(enlisted.line).toMatchObject({ schema: 'covey.host-enlist/1', node: account.sender.address });

  const state = join(folder, 'host-state');
  const serve = ['host', 'serve', '--offer', file, '--listen', `127.0.0.1:${port}`, '--state-dir', state, ...ipfs];
  const serving = start(serve, host);
  expect(await serving.event('host-serving')).toMatchObject({ models: 1, free: false });

  const answers = join(folder, 'asked.jsonl');
  const own = ['--state-dir', join(folder, 'client'), ...ipfs];
  const asked = await result(
    ['ask', '--model', 'bytes', '--prompt', 'Hello', '--tokens', '4', '--insecure', '--answers', answers, ...own],
    cast.outsider,
  );
  expect(asked.line).toMatchObject({ schema: 'covey.ask/1', price: String(parseEther('0.01')) });

  const audited = await result(['audit', '--answers', answers, ...ipfs], cast.outsider);
  expect(audited).toMatchObject({ code: 0, line: { answers: 1, replayed: 1, wrong: [] } });
  // One byte of the documents changed, and it is the host's no more.
  const [line] = (await readFile(answers, 'utf8')).split('\n');
  const proof = JSON.parse(line!) as Record<string, string>;
  await writeFile(answers, `${JSON.stringify({ ...proof, nonce: String(BigInt(proof.nonce!) + 1n) })}\n`);
  const altered = await result(['audit', '--answers', answers, ...ipfs], cast.outsider);
  expect(altered).toMatchObject({
    code: 7,
    line: { answers: 1, replayed: 0, wrong: [], unjudged: [{ line: 1, code: 'HOST_ANSWER_INVALID' }] },
  });
  // What cannot be judged keeps nothing from being judged; what is wrong is said before what is not judged.
  const scorer = `0x${'5c'.repeat(32)}` as const;
  const key = privateKeyOf(host);
  const sign = async (changes: { scorer?: Hex; answer?: Uint8Array; request?: Uint8Array }) => {
    const documents = { request: bytesOf(proof.request!), answer: bytesOf(proof.answer!), ...changes };
    const signed = {
      ...{ model: proof.model as Hex, scorer: proof.scorer as Hex, channel: proof.channel as Hex, ...changes },
      ...{ input: digestOf(documents.request), output: digestOf(documents.answer), nonce: 5n },
    };
    return JSON.stringify({
      ...{ ...proof, scorer: signed.scorer, input: signed.input, output: signed.output, nonce: '5' },
      ...{ request: base64(documents.request), answer: base64(documents.answer) },
      signature: await privateKeyToAccount(key).sign({ hash: answerHash(network.deployment, signed) }),
    });
  };
  const asked1 = decodeRequest(bytesOf(proof.request!)) as GenerateRequest;
  const lost = { ...asked1, network: documentCid(new TextEncoder().encode('nobody has it')) };
  const lines = [
    'no JSON at all',
    await sign({ scorer }),
    await sign({ request: encodeRequest(lost) }),
    line,
    // Signed, and no answer to anything: wrong.
    await sign({ answer: new TextEncoder().encode('sold') }),
  ];
  await writeFile(answers, `${lines.slice(0, 4).join('\n')}\n`);
  const unjudged = [
    { line: 1, code: 'HOST_ANSWER_INVALID' },
    { line: 2, code: 'SCORER_OTHER' },
    { line: 3, code: 'CONTENT_NOT_FOUND' },
  ];
  expect(await result(['audit', '--answers', answers, ...ipfs], cast.outsider)).toMatchObject({
    code: 7,
    line: { answers: 4, replayed: 1, wrong: [], unjudged },
  });
  await writeFile(answers, `${lines.join('\n')}\n`);
  expect(await result(['audit', '--answers', answers, ...ipfs], cast.outsider)).toMatchObject({
    code: 3,
    line: { answers: 5, replayed: 2, wrong: [{ host: account.sender.address, caseId: null }], unjudged },
  });

  // What was given back to a client is not owed after a kill, either: it pays for the next answer.
  const ask = ['ask', '--model', 'bytes', '--insecure', ...own];
  const misfit = await result([...ask, '--row', '1'], cast.outsider);
  expect(misfit.line).toMatchObject({ error: { code: 'HOST_REFUSED' } });
  await serving.kill();
  const again = start(serve, host);
  await again.event('host-serving');
  expect((await result([...ask, '--prompt', 'Hello again'], cast.outsider)).line).toMatchObject({
    schema: 'covey.ask/1',
    price: String(parseEther('0.01')),
  });

  expect(await again.stop()).toBe(0);
  expect(again.lines.find(({ event }) => event === 'redeemed')).toMatchObject({
    channels: 1,
    amount: String(parseEther('0.02')),
  });
  const closing = await result(
    ['channel', 'close', '--host', account.sender.address, '--state-dir', join(folder, 'client')],
    cast.outsider,
  );
  expect(closing.line).toMatchObject({ state: 'closing', redeemed: String(parseEther('0.02')) });
});

it('a sealed model is offered from its opened file, served, and audited by who has it', async () => {
  const { store, folder } = network;
  const seller = network.account(7);
  const parameters = network.core.initialise(architecture.layers, 9);
  const sealed = await sealModel(store, seller, undefined, modelToBytes(architecture, parameters));
  const listingId = await listSealed(seller, sealed, parseEther('1'));
  const file = (name: string) => join(folder, name);
  const { key: contentKey, manifest, cid } = sealed;
  await writeFile(
    file('model.key'),
    JSON.stringify({ schema: 'covey.content-key/1', key: bytesToHex(contentKey), keyHash: manifest.keyHash }),
  );
  const ipfs = ['--ipfs', content.url];
  const opened = file('opened.safetensors');
  const pulled = await result(['pull', cid, '--content-key', file('model.key'), '--out', opened, ...ipfs], host);
  expect(pulled).toMatchObject({ code: 0 });

  await writeFile(file('layers.json'), JSON.stringify(architecture));
  const own = ['--architecture', file('layers.json'), '--name', 'sealed', '--listing', String(listingId)];
  const offer = ['host', 'offer', ...own, '--price', '0.01', '--out', file('sealed-offer.json'), ...ipfs];
  await writeFile(
    file('another.safetensors'),
    modelToBytes(architecture, network.core.initialise(architecture.layers, 3)),
  );
  const other = await result([...offer, '--model-file', file('another.safetensors')], host);
  expect(other).toMatchObject({ code: 2, line: { error: { code: 'CONFIG_INVALID' } } });
  expect(await result([...offer, '--model-file', opened], host)).toMatchObject({
    code: 0,
    line: { models: [{ name: 'sealed', window: 8 }] },
  });

  // Nobody can fetch it opened: it is served from the file alone.
  const port = await freePort();
  const serve = ['host', 'serve', '--offer', file('sealed-offer.json'), '--free', '--listen', `127.0.0.1:${port}`];
  const own2 = ['--state-dir', file('sealed-host'), ...ipfs];
  const without = await result([...serve, '--once', ...own2], host);
  expect(without).toMatchObject({ line: { error: { code: 'CONTENT_NOT_FOUND' } } });
  const serving = start([...serve, '--model-file', opened, ...own2], host);
  await serving.event('host-serving');
  const asked = await fetch(`http://127.0.0.1:${port}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'sealed', prompt: 'Secret', max_tokens: 5 }),
  });
  expect(asked.status).toBe(200);
  expect(await serving.stop()).toBe(0);

  const audit = ['audit', '--answers', join(file('sealed-host'), 'host', 'answers.jsonl'), ...ipfs];
  expect(await result(audit, cast.outsider)).toMatchObject({
    code: 7,
    line: { replayed: 0, unjudged: [{ line: 1, code: 'CONTENT_NOT_FOUND' }] },
  });
  expect(await result([...audit, '--model-file', opened], cast.outsider)).toMatchObject({
    code: 0,
    line: { answers: 1, replayed: 1, wrong: [], unjudged: [] },
  });
});

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');

function privateKeyOf(account: number): Hex {
  const { privateKey } = mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey();
  return bytesToHex(privateKey!);
}
