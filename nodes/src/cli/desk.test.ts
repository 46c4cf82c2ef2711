import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allocate, codecs, stake } from '@covey/client';
import { serveContent, type HttpContent } from '@covey/client/testing';
import { testMnemonic } from '@covey/governance/testing';
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
const host = 6;

const architecture: Architecture = {
  layers: [
    { type: 'embedding', vocabulary: 256, length: 8, width: 4 },
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

it('what is asked at the desk is answered by a host that serves it, held against the model, and paid', async () => {
  const { store, folder } = network;
  const model = await store.add(modelToBytes(architecture, network.core.initialise(architecture.layers, 5)));
  const document = await store.putBlock(codecs.dagJson, encodeNetwork(architecture));
  const price = String(parseEther('0.01'));
  const offer: Offer = {
    schema: 'covey.offer/1',
    name: 'A host',
    models: [{ name: 'bytes', model, network: document, window: 8, request: price, thousand: '0' }],
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
  await result(['host', 'enlist', '--offer', file, '--endpoint', `http://127.0.0.1:${port}`, ...ipfs], host);

  const unasked = await result(['desk', 'show', '--request', '1'], cast.outsider);
  expect(unasked.line).toMatchObject({ error: { code: 'REQUEST_UNKNOWN' } });
  const words = ['--model', 'bytes', '--prompt', 'Hello', '--tokens', '4'];
  const asked = await result(['desk', 'ask', ...words, '--dispute-window', '20m', ...ipfs], cast.outsider);
  expect(asked.line).toMatchObject({ schema: 'covey.desk-ask/1', requestId: '1', fee: price });
  // By hand, before anything serves; then the host by itself.
  const early = await result(['desk', 'settle', '--request', '1'], cast.outsider);
  expect(early.line).toMatchObject({ error: { code: 'REQUEST_PENDING' } });
  const answered = await result(['desk', 'answer', '--request', '1', ...ipfs], host);
  expect(answered.line).toMatchObject({ schema: 'covey.desk-answer/1', told: expect.any(String) });
  const held = await result(['desk', 'dispute', '--request', '1', ...ipfs], cast.outsider);
  expect(held.line).toMatchObject({ error: { code: 'ANSWER_HOLDS' } });

  const state = join(folder, 'desk-state');
  const listen = ['--listen', `127.0.0.1:${port}`, '--poll-ms', '200'];
  const serving = start(['host', 'serve', '--offer', file, '--desk', ...listen, '--state-dir', state, ...ipfs], host);
  await serving.event('host-serving');
  const second = await result(['desk', 'ask', ...words, '--fee', '1', ...ipfs], cast.outsider);
  expect(second.line).toMatchObject({ requestId: '2', fee: String(parseEther('1')) });
  expect(await serving.event('desk-answered')).toMatchObject({ requestId: '2' });
  const shown = await result(['desk', 'show', '--request', '2'], cast.outsider);
  expect(shown.line).toMatchObject({ state: 'answered', told: answered.line.told, ruling: null, called: null });

  // Who paid by a channel rates; who has not been asked for anything yet cannot.
  const own = ['--state-dir', join(folder, 'client'), ...ipfs];
  const rate = ['host', 'rate', '--host', account.sender.address, '--state-dir', join(folder, 'client')];
  const none = await result([...rate, '--stars', '4'], cast.outsider);
  expect(none.line).toMatchObject({ error: { code: 'CHANNEL_EMPTY' } });
  await result(['ask', ...words, '--insecure', ...own], cast.outsider);
  const unpaid = await result([...rate, '--stars', '4'], cast.outsider);
  expect(unpaid.line).toMatchObject({ error: { contractError: 'NothingPaid' } });

  await network.anvil.advance(1_300);
  expect(await serving.event('desk-delivered')).toMatchObject({ requestId: '1', called: false });
  expect(await serving.stop()).toBe(0);
  const rated = await result([...rate, '--stars', '4'], cast.outsider);
  expect(rated.line).toMatchObject({ schema: 'covey.host-rate/1', stars: 4, weight: price, rating: 4 });

  await network.anvil.advance(6 * 3_600);
  const settled = await result(['desk', 'settle', '--request', '2'], cast.outsider);
  expect(settled.line).toMatchObject({ step: 'deliver', called: false });
  const all = await result(['desk', 'list'], cast.outsider);
  expect((all.line.requests as { state: string }[]).map(({ state }) => state)).toEqual(['delivered', 'delivered']);
  const open = await result(['desk', 'list', '--open'], cast.outsider);
  expect(open.line).toMatchObject({ requests: [] });
});
