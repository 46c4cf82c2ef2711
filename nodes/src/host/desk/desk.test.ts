import { join } from 'node:path';
import { allocate, codecs, readBalance, stake, type CoveyWriter } from '@covey/client';
import {
  answerDesk,
  askDesk,
  computeDeskAnswer,
  deliverDesk,
  disputeDesk,
  endOfDeskRequest,
  enlistHost,
  isAnswer,
  readDeskDocuments,
  readDeskRequest,
  readDeskRequests,
  readHost,
  refundDesk,
  type DeskOrder,
} from '@covey/client/inference';
import { coveyTokenAbi, disputeVerdicts, inferenceDeskAbi, type DisputeVerdictName } from '@covey/contracts/abi';
import { compile } from '@covey/governance/testing';
import { cidToChain, modelToBytes, type Architecture } from '@covey/protocol';
import { decodeAnswer, encodeNetwork, encodeOffer, encodeRequest, type Offer } from '@covey/protocol/inference';
import { networkLayout } from '@covey/wasm-core';
import { readCoreWasm } from '@covey/wasm-core/node';
import {
  bytesToHex,
  encodeFunctionData,
  hexToBytes,
  keccak256,
  parseEther,
  stringToBytes,
  type Address,
  type Hex,
} from 'viem';
import { privateKeyToAccount, generatePrivateKey } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NodeEvent } from '../../events.ts';
import { cast, startTestNetwork, type TestNetwork } from '../../testing/test-network.ts';
import { Host } from '../host.ts';

const architecture: Architecture = {
  layers: [
    { type: 'embedding', vocabulary: 256, length: 8, width: 4 },
    { type: 'residual', layers: [{ type: 'attention', width: 4, heads: 1, rotary: true }] },
    { type: 'dense', inputs: 4, outputs: 256 },
  ],
  input: 'tokens',
};
/** Says the digit 2 after any text: one of its outputs is the largest, whatever comes in. */
const labelling: Architecture = {
  layers: [
    { type: 'embedding', vocabulary: 256, length: 8, width: 4 },
    { type: 'dense', inputs: 4, outputs: 256 },
  ],
  input: 'tokens',
};
function labellingParameters(): Float32Array {
  const { parameterCount, tensors } = networkLayout(labelling.layers);
  const bias = tensors.find(({ name }) => name === 'layers.1.bias')!;
  return new Float32Array(parameterCount).fill(1, bias.offset + 50, bias.offset + 51);
}
const price = parseEther('0.5');
const HOUR = 3_600;
const [honest, liar] = [2, 3];

let network: TestNetwork;
let asker: CoveyWriter;
let watcher: CoveyWriter;
let offer: Offer;
let cid: string;
const events: NodeEvent[] = [];
const stopped = new AbortController();
let running: Promise<void>;

beforeAll(async () => {
  network = await startTestNetwork();
  [asker, watcher] = [network.account(cast.outsider), network.account(cast.keeper)];
  const model = await network.store.add(modelToBytes(architecture, network.core.initialise(architecture.layers, 3)));
  const names = { model, network: await network.store.putBlock(codecs.dagJson, encodeNetwork(architecture)) };
  const labels = {
    model: await network.store.add(modelToBytes(labelling, labellingParameters())),
    network: await network.store.putBlock(codecs.dagJson, encodeNetwork(labelling)),
  };
  const terms = { window: 8, request: String(price), thousand: '0' };
  offer = {
    schema: 'covey.offer/1',
    name: 'Desk',
    models: [
      { name: 'bytes', ...names, ...terms },
      { name: 'labels', ...labels, ...terms },
    ],
    limits: { requestBytes: 65_536, tokens: 16, queue: 4 },
  };
  cid = await network.store.putBlock(codecs.dagJson, encodeOffer(offer));
  const signingKey = generatePrivateKey();
  await enlist(honest, privateKeyToAccount(signingKey).address);
  await enlist(liar, network.account(liar).sender.address);
  const host = new Host({
    ...{ covey: network.account(honest), offer, signingKey, reader: network.store },
    ...{ wasm: await readCoreWasm(), scorer: network.core.sha256, desk: { maxCallbackGas: 200_000 } },
    stateDir: join(network.folder, 'desk-host'),
    onEvent: (event) => events.push(event),
    listen: { host: '127.0.0.1', port: 0 },
  });
  running = host.run({ signal: stopped.signal, pollMs: 100 });
  await Promise.race([running, seen('host-serving')]);
});

afterAll(async () => {
  stopped.abort();
  await running;
  await network.stop();
});

async function enlist(account: number, signer: Address): Promise<void> {
  const covey = network.account(account);
  await stake(covey, parseEther('20000'));
  await allocate(covey, { taskId: 0n, role: 'host', ratio: 10n ** 18n });
  await network.anvil.advance(2);
  await enlistHost(covey, { endpoint: 'https://host.example', offer: cid, signer, capacity: 4 });
}

async function seen<E extends NodeEvent['event']>(event: E, requestId?: bigint) {
  for (;;) {
    const found = events.find(
      (one) =>
        one.event === event && (requestId === undefined || (one as { requestId?: bigint }).requestId === requestId),
    );
    if (found) return found as Extract<NodeEvent, { event: E }>;
    await new Promise((done) => setTimeout(done, 20));
  }
}

const question = (text: string): Uint8Array =>
  encodeRequest({
    schema: 'covey.request/1',
    ...{ model: offer.models[0]!.model, network: offer.models[0]!.network },
    ...{ kind: 'generate', prompt: [...stringToBytes(text)], length: 4, temperature: 0, seed: 0, stop: [] },
  });

const order = (changes: Partial<DeskOrder> = {}): DeskOrder => ({
  model: cidToChain(offer.models[0]!.model).digest,
  scorer: network.core.sha256 as Hex,
  input: question('What?'),
  ...{ host: null, fee: price, callbackGas: 0, answerWindow: HOUR, disputeWindow: HOUR },
  ...changes,
});

/** What only this host may answer: the running one keeps away. */
const ofLiar = (changes: Partial<DeskOrder> = {}) => order({ host: network.account(liar).sender.address, ...changes });

async function rightOf(requestId: bigint): Promise<Uint8Array> {
  const request = await readDeskRequest(network.covey, requestId);
  return await computeDeskAnswer(
    network.core,
    network.store,
    request,
    await readDeskDocuments(network.covey, requestId),
  );
}

const refusal = (name: string) => ({ code: 'CONTRACT_REVERTED', contractError: name });
const answerAs = (account: number, requestId: bigint, output: Uint8Array) =>
  answerDesk(network.account(account), { requestId, node: network.account(account).sender.address, output });

it('a host answers what is asked of its models, to the bit, and has itself paid when nobody disputes', async () => {
  const named = await network.store.putBlock(codecs.dagJson, question('By its address'));
  const inline = await askDesk(asker, order());
  const byCid = await askDesk(asker, order({ input: named }));
  for (const { requestId } of [inline, byCid]) {
    await seen('desk-answered', requestId);
    const request = await readDeskRequest(network.covey, requestId);
    const right = await rightOf(requestId);
    expect([request.state, isAnswer(request, right)]).toEqual(['answered', true]);
    expect(decodeAnswer(right)).toMatchObject({ kind: 'tokens' });
    expect(await readDeskDocuments(network.covey, requestId)).toMatchObject({ answer: right, called: null });
  }
  const before = await readBalance(network.covey, network.account(honest).sender.address);
  await network.anvil.advance(HOUR + 1);
  expect(await seen('desk-delivered', inline.requestId)).toMatchObject({ called: false });
  await seen('desk-delivered', byCid.requestId);
  // Less a fortieth for the treasury.
  const after = await readBalance(network.covey, network.account(honest).sender.address);
  expect(after - before).toBe((2n * price * 39n) / 40n);
});

it('what pays too little, asks another core, holds no request or costs too much gas is passed over', async () => {
  const lacking = await askDesk(asker, order({ input: new TextEncoder().encode('a bare text') }));
  const foreign = await askDesk(asker, order({ scorer: `0x${'11'.repeat(32)}` }));
  const poor = await askDesk(asker, order({ fee: price - 1n }));
  const heavy = await askDesk(asker, order({ callbackGas: 900_000 }));
  const otherModel = { ...order(), model: `0x${'22'.repeat(32)}` as Hex };
  const unknown = await askDesk(asker, otherModel);
  const last = await askDesk(asker, order());
  await seen('desk-answered', last.requestId);
  expect(await seen('desk-passed', lacking.requestId)).toMatchObject({ code: 'REQUEST_UNREADABLE' });
  for (const { requestId } of [lacking, foreign, poor, heavy, unknown]) {
    expect((await readDeskRequest(network.covey, requestId)).state).toBe('asked');
    await expect(refundDesk(watcher, requestId)).rejects.toMatchObject(refusal('RequestWindowOpen'));
  }
  await network.anvil.advance(HOUR + 1);
  const before = await readBalance(network.covey, asker.sender.address);
  for (const { requestId } of [lacking, foreign]) await refundDesk(watcher, requestId);
  expect((await readBalance(network.covey, asker.sender.address)) - before).toBe(2n * price);
  await seen('desk-delivered', last.requestId);
});

it('a wrong answer is disputed by who computes it; the DAO rules, the host is slashed, the right answer delivered', async () => {
  const { requestId } = await askDesk(asker, ofLiar());
  const right = await rightOf(requestId);
  const wrong = right.slice();
  wrong[wrong.length - 2]! ^= 1;
  await answerAs(liar, requestId, wrong);
  const answered = await readDeskRequest(network.covey, requestId);
  expect(isAnswer(answered, right)).toBe(false);
  await expect(disputeDesk(watcher, { requestId, output: wrong })).rejects.toMatchObject(refusal('NothingDisputed'));
  await disputeDesk(watcher, { requestId, output: right });
  await expect(deliverDesk(watcher, { requestId, output: wrong })).rejects.toMatchObject(refusal('WrongRequestState'));
  const { bound } = (await readHost(network.covey, network.account(liar).sender.address))!;
  const before = await readBalance(network.covey, watcher.sender.address);
  await decide(requestId, 'disputerRight');
  const lowered = (await readHost(network.covey, network.account(liar).sender.address))!.bound;
  expect(lowered).toBe(bound / 2n);
  const documents = await readDeskDocuments(network.covey, requestId);
  const end = endOfDeskRequest(await readDeskRequest(network.covey, requestId), documents, 0n);
  if (end?.step !== 'deliver') throw new Error('nothing is delivered');
  expect(end.output).toEqual(right);
  await expect(deliverDesk(asker, { requestId, output: wrong })).rejects.toMatchObject(refusal('OutputMismatch'));
  await deliverDesk(asker, { requestId, output: end.output });
  await expect(deliverDesk(asker, { requestId, output: right })).rejects.toMatchObject(refusal('WrongRequestState'));
  // The bond back, the fee, and a tenth of the slash.
  const gained = (await readBalance(network.covey, watcher.sender.address)) - before;
  expect(gained).toBe(parseEther('500') + (price * 39n) / 40n + (bound - lowered) / 10n);
});

it('a disputed answer is delivered once the DAO found it right; one on which nobody ruled is ended', async () => {
  const right = await askDesk(asker, order());
  await seen('desk-answered', right.requestId);
  const undecided = await askDesk(asker, order());
  await seen('desk-answered', undecided.requestId);
  const before = await readBalance(network.covey, network.account(honest).sender.address);
  for (const { requestId } of [right, undecided])
    await disputeDesk(watcher, { requestId, output: new TextEncoder().encode('rather this') });
  await decide(right.requestId, 'hostRight');
  // The host looks again after a while, and while the other waits for its ruling.
  await network.anvil.advance(HOUR + 601);
  await seen('desk-delivered', right.requestId);
  const gained = (await readBalance(network.covey, network.account(honest).sender.address)) - before;
  expect(gained).toBe(parseEther('500') + (price * 39n) / 40n);
  expect((await readDeskRequest(network.covey, undecided.requestId)).state).toBe('disputed');
  await network.anvil.advance(7 * 86_400);
  await seen('desk-refunded', undecided.requestId);
  expect((await readDeskRequest(network.covey, undecided.requestId)).state).toBe('refunded');
});

async function decide(requestId: bigint, verdict: DisputeVerdictName): Promise<void> {
  const { sender } = await network.dao();
  const args = [requestId, disputeVerdicts.indexOf(verdict)] as const;
  const { inferenceDesk: address } = network.deployment;
  await sender.send({ address, abi: inferenceDeskAbi, functionName: 'rule', args });
}

it('the second answer, a late one and one of who is no host count for nothing', async () => {
  const { requestId } = await askDesk(asker, ofLiar());
  const right = await rightOf(requestId);
  await expect(answerAs(honest, requestId, right)).rejects.toMatchObject(refusal('NotAnswering'));
  await expect(answerAs(cast.outsider, requestId, right)).rejects.toMatchObject(refusal('NotAnswering'));
  await expect(answerAs(liar, requestId, new Uint8Array(4097))).rejects.toMatchObject(refusal('OutputLength'));
  await answerAs(liar, requestId, right);
  await expect(answerAs(liar, requestId, right)).rejects.toMatchObject(refusal('WrongRequestState'));
  const late = await askDesk(asker, ofLiar({ answerWindow: 600 }));
  await network.anvil.advance(601);
  await expect(answerAs(liar, late.requestId, right)).rejects.toMatchObject(refusal('RequestWindowPassed'));
  await refundDesk(asker, late.requestId);
  await network.anvil.advance(HOUR);
  await expect(disputeDesk(watcher, { requestId, output: new Uint8Array(1) })).rejects.toMatchObject(
    refusal('RequestWindowPassed'),
  );
  await deliverDesk(watcher, { requestId, output: right });
});

it('an asker whose callback fails, burns its gas, or comes back in gets nothing more, and its host is paid', async () => {
  const { StrangeAsker } = compile('contracts/test/builders/StrangeAsker.sol');
  const modes = ['Keep', 'Revert', 'Burn', 'Bomb', 'Reenter'] as const;
  const { token, inferenceDesk } = network.deployment;
  for (const [mode, name] of modes.entries()) {
    const { result: contract } = await asker.sender.create({
      ...{ abi: StrangeAsker!.abi, bytecode: StrangeAsker!.bytecode, args: [mode], what: 'a contract that asks' },
    });
    const run = (functionName: string, ...args: readonly unknown[]) =>
      asker.sender.send({ address: contract, abi: StrangeAsker!.abi, functionName, args });
    const erc20 = { address: token, abi: coveyTokenAbi } as const;
    await asker.sender.send({ ...erc20, functionName: 'transfer', args: [contract, price] });
    const approve = { abi: coveyTokenAbi, functionName: 'approve', args: [inferenceDesk, price] } as const;
    await run('run', token, encodeFunctionData(approve));
    const { input, ...named } = ofLiar({ callbackGas: 150_000 });
    const asked = { ...named, input: { codec: 0n, digest: `0x${'00'.repeat(32)}` as Hex } };
    const args = [{ ...asked, host: asked.host! }, bytesToHex(input as Uint8Array)] as const;
    await run('run', inferenceDesk, encodeFunctionData({ abi: inferenceDeskAbi, functionName: 'ask', args }));
    const [{ requestId } = { requestId: 0n }] = await readDeskRequests(network.covey, 1);
    const right = await rightOf(requestId);
    const deliver = [requestId, bytesToHex(right)] as const;
    await run('setAgain', encodeFunctionData({ abi: inferenceDeskAbi, functionName: 'deliver', args: deliver }));
    await answerAs(liar, requestId, right);
    await network.anvil.advance(HOUR + 1);
    const host = network.account(liar).sender.address;
    const before = await readBalance(network.covey, host);
    // Who brings too little gas cannot make the callback fail.
    const short = {
      ...{ address: inferenceDesk, abi: inferenceDeskAbi },
      functionName: 'deliver',
      args: deliver,
    } as const;
    const tight = network.publicClient.simulateContract({ ...short, account: watcher.sender.address, gas: 200_000n });
    await expect(tight).rejects.toThrow(/CallbackGasMissing/);
    const { called } = await deliverDesk(watcher, { requestId, output: right });
    expect([name, called]).toEqual([name, name === 'Keep' || name === 'Reenter']);
    expect((await readBalance(network.covey, host)) - before).toBe((price * 39n) / 40n);
    const kept = await network.publicClient.readContract({
      ...{ address: contract, abi: StrangeAsker!.abi, functionName: 'kept' },
    });
    expect(hexToBytes(kept as Hex)).toEqual(called ? right : new Uint8Array());
    expect((await readDeskDocuments(network.covey, requestId)).called).toBe(called);
  }
});

it('the worked example asks what hosts read, and keeps the label that they say', async () => {
  const { Classifier } = compile('contracts/src/examples/Classifier.sol');
  const { model, network: document } = offer.models[1]!;
  const { inferenceDesk, token } = network.deployment;
  const digest = cidToChain(model).digest;
  const { result: address } = await asker.sender.create({
    ...{ abi: Classifier!.abi, bytecode: Classifier!.bytecode, what: 'a contract that asks' },
    args: [inferenceDesk, token, digest, model, document, network.core.sha256, 3],
  });
  const approve = { address: token, abi: coveyTokenAbi, functionName: 'approve', args: [address, price] } as const;
  await asker.sender.send(approve);
  const text = bytesToHex(stringToBytes('a fine day; 文'));
  await asker.sender.send({ address, abi: Classifier!.abi, functionName: 'classify', args: [text, price] });
  const [{ requestId } = { requestId: 0n }] = await readDeskRequests(network.covey, 1);
  await seen('desk-answered', requestId);
  await network.anvil.advance(6 * HOUR + 1);
  expect(await seen('desk-delivered', requestId)).toMatchObject({ called: true });
  const label = await network.publicClient.readContract({
    ...{ address, abi: Classifier!.abi, functionName: 'labelPlusOne', args: [keccak256(text)] },
  });
  expect(label).toBe(3);
});

it('a request whose input is no CID of ours keeps nobody from reading the others', async () => {
  const { input, ...named } = order({ host: network.account(liar).sender.address, fee: 0n });
  const strange = { ...named, host: named.host!, input: { codec: 999n, digest: `0x${'33'.repeat(32)}` as Hex } };
  expect(input).toBeDefined();
  await asker.sender.send({
    ...{ address: network.deployment.inferenceDesk, abi: inferenceDeskAbi },
    ...{ functionName: 'ask', args: [strange, '0x'] },
  });
  const [newest, ...others] = await readDeskRequests(network.covey, 100);
  expect(newest?.input).toBeNull();
  expect(others.length).toBeGreaterThan(10);
  await expect(rightOf(newest!.requestId)).rejects.toMatchObject({ code: 'REQUEST_UNREADABLE' });
  await expect(readDeskRequest(network.covey, 10_000n)).rejects.toMatchObject({ code: 'REQUEST_UNKNOWN' });
});
