import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { testMnemonic } from '@covey/governance/testing';
import { allocate, codecs, stake } from '@covey/client';
import { serveContent, type HttpContent } from '@covey/client/testing';
import { modelToBytes, type Architecture } from '@covey/protocol';
import { encodeNetwork, type Offer } from '@covey/protocol/inference';
import { bytesToHex, parseEther } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { covey, type CoveyProcess } from '../testing/covey-process.ts';
import { freePort } from '../testing/free-port.ts';
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
  const { privateKey } = mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey();
  const running = covey([...args, ...common], { COVEY_PRIVATE_KEY: bytesToHex(privateKey!) });
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
  expect(altered).toMatchObject({ code: 0, line: { answers: 1, replayed: 0, foreign: 1 } });

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
