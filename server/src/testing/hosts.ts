import { allocate, eventIn, stake } from '@covey/client';
import type { CoveyWriter, Sent } from '@covey/client';
import {
  accuseHost,
  closeAnswerCase,
  closeChannel,
  contestAnswerCase,
  contradictHost,
  enlistHost,
  openChannel,
  rateHost,
  readAnswerCase,
  redeemVouchers,
  requestClose,
  resignHost,
  topUpChannel,
  updateHost,
} from '@covey/client/inference';
import { coveyTokenAbi, hostRegistryAbi, inferenceDeskAbi } from '@covey/contracts/abi';
import type { DisputeVerdictName } from '@covey/contracts/abi/enums';
import { ruleAnswer, ruleRequest } from '@covey/governance';
import { compile } from '@covey/governance/testing';
import { cidToChain } from '@covey/protocol';
import { answerTypedData, encodeOffer, voucherTypedData } from '@covey/protocol/inference';
import {
  createWalletClient,
  encodeFunctionData,
  http,
  parseEther,
  sha256,
  stringToHex,
  zeroAddress,
  zeroHash,
} from 'viem';
import type { Address, Hex } from 'viem';
import type { CoveyServer } from '../app.ts';
import { publish } from './round.ts';
import type { World } from './world.ts';

/** Numbers of accounts: who pays, the hosts, who watches them, and who asks the desk. */
export const [payer, honest, careless, leaving, watcher, asker] = [0, 1, 2, 3, 4, 5] as const;
/** CIDs that offers name. */
export const models = {
  stories: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
  digits: 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
};
const network = 'baguqeerasords4njcts6vs7qvdjfcvgnume4hqohf65zsfguprqphs3icwea';
const HOUR = 3_600;
const none = { codec: 0n, digest: zeroHash };
const hashOf = (text: string): Hex => sha256(stringToHex(text));

export function offerOf(name: string, prices: Partial<Record<keyof typeof models, [string, string]>>): Uint8Array {
  const offered = Object.entries(prices).map(([model, [request, thousand]]) => ({
    ...{ name: model, model: models[model as keyof typeof models], network, window: 256 },
    ...{ request: `${parseEther(request)}`, thousand: `${parseEther(thousand)}` },
  }));
  const limits = { requestBytes: 65_536, tokens: 512, queue: 16 };
  return encodeOffer({ schema: 'covey.offer/1', name, models: offered, limits });
}

/** What hosts, payers and askers do, by account; each call is mined when it returns. */
export function hosting(world: World) {
  const { deployment, anvil } = world;
  const as = (account: number): CoveyWriter => anvil.covey(deployment, account);
  const address = (account: number): Address => as(account).sender.address;
  const desk = { address: deployment.inferenceDesk, abi: inferenceDeskAbi } as const;
  const asDao = async ({ to, data }: { to: Address; data: Hex }) => {
    const { dao } = deployment;
    await anvil.testClient.impersonateAccount({ address: dao });
    await anvil.testClient.setBalance({ address: dao, value: parseEther('1') });
    const wallet = createWalletClient({ account: dao, chain: anvil.chain, transport: http(anvil.rpcUrl) });
    const hash = await wallet.sendTransaction({ to, data, gas: 2_000_000n });
    const { status } = await anvil.publicClient.waitForTransactionReceipt({ hash });
    if (status !== 'success') throw new Error('the DAO was refused');
  };
  const order = (host: number | null, changes: Record<string, unknown> = {}) => ({
    ...{ model: hashOf('model'), scorer: hashOf('core'), input: none },
    ...{ host: host === null ? zeroAddress : address(host), fee: parseEther('3'), callbackGas: 0 },
    ...{ answerWindow: HOUR, disputeWindow: HOUR },
    ...changes,
  });
  const asked = ({ receipt }: Sent) =>
    eventIn(receipt, desk.address, inferenceDeskAbi, 'InferenceAsked').args.requestId;
  return {
    ...{ as, address, order, asDao },
    async enlist(account: number, offer: string, changes: { amount?: string; ratio?: string } = {}): Promise<void> {
      const { amount = '30000', ratio = '1' } = changes;
      await stake(as(account), parseEther(amount));
      await allocate(as(account), { taskId: 0n, role: 'host', ratio: parseEther(ratio) });
      await anvil.advance(2);
      const endpoint = `https://host-${account}.example`;
      await enlistHost(as(account), { endpoint, offer, signer: address(account), capacity: 4 });
    },
    async redeem(from: number, channel: Hex, amount: string): Promise<void> {
      const voucher = { channel, amount: parseEther(amount) };
      const signature = await anvil.wallet(from).signTypedData(voucherTypedData(deployment, voucher));
      await redeemVouchers(as(watcher), [{ ...voucher, signature }]);
    },
    async signed(host: number, input: string, output: string) {
      const answer = {
        ...{ model: hashOf('model'), scorer: hashOf('core'), input: hashOf(input), output: hashOf(output) },
        ...{ channel: zeroHash, nonce: 1n },
      };
      return { answer, signature: await anvil.wallet(host).signTypedData(answerTypedData(deployment, answer)) };
    },
    async ask(account: number, changes: ReturnType<typeof order>, input = 'What is it?'): Promise<bigint> {
      const bytes = changes.input === none ? stringToHex(input) : '0x';
      return asked(await as(account).sender.send({ ...desk, functionName: 'ask', args: [changes, bytes] }));
    },
    /** A contract asks; what its callback does is its mode. */
    async askByContract(mode: 'Keep' | 'Revert'): Promise<{ requestId: bigint; contract: Address }> {
      const { StrangeAsker } = compile('contracts/test/builders/StrangeAsker.sol');
      const wallet = anvil.wallet(asker);
      const hash = await wallet.deployContract({
        ...StrangeAsker!,
        args: [['Keep', 'Revert'].indexOf(mode)],
      });
      const { contractAddress } = await anvil.publicClient.waitForTransactionReceipt({ hash });
      const contract = contractAddress!;
      await world.send(asker, deployment.token, coveyTokenAbi, 'transfer', [contract, parseEther('10')]);
      const run = (to: Address, data: Hex) =>
        as(asker).sender.send({
          ...{ address: contract, abi: StrangeAsker!.abi },
          ...{ functionName: 'run', args: [to, data] },
        });
      const approve = { abi: coveyTokenAbi, functionName: 'approve', args: [desk.address, parseEther('10')] } as const;
      await run(deployment.token, encodeFunctionData(approve));
      const args = [order(null, { callbackGas: 200_000 }), stringToHex('From a contract')] as const;
      const sent = await run(desk.address, encodeFunctionData({ ...desk, functionName: 'ask', args }));
      return { requestId: asked(sent), contract };
    },
    answer: (host: number, requestId: bigint, output: string) =>
      as(host).sender.send({
        ...{ ...desk, functionName: 'answer' as const },
        args: [requestId, address(host), stringToHex(output)] as const,
      }),
    dispute: (requestId: bigint, output: string) =>
      as(watcher).sender.send({ ...desk, functionName: 'dispute', args: [requestId, stringToHex(output)] }),
    deliver: (requestId: bigint, output: string) =>
      as(payer).sender.send({ ...desk, functionName: 'deliver', args: [requestId, stringToHex(output)] }),
    refund: (requestId: bigint) => as(payer).sender.send({ ...desk, functionName: 'refund', args: [requestId] }),
    rule: (requestId: bigint, verdict: DisputeVerdictName) => asDao(ruleRequest(deployment, { requestId, verdict })),
  };
}

/** Hosts of every kind, channels, ratings, cases that end in every way, and so do requests. */
export async function playHosts(world: World, server: CoveyServer): Promise<{ channel: Hex; review: string }> {
  const { anvil, deployment } = world;
  const play = hosting(world);
  const { as, address, order, signed, asDao } = play;

  // The first is cheap, the second dear and serves two models, and nobody has the offer of the third.
  const dear = offerOf('Careless', { stories: ['0.5', '0'], digits: ['0.2', '1'] });
  await play.enlist(honest, await publish(server, offerOf('Too dear', { stories: ['9', '9'] })));
  await play.enlist(careless, await publish(server, dear), { amount: '60000', ratio: '0.5' });
  await play.enlist(leaving, 'baguqeeracov7qjsi5wqccpxgpmmnakvxjmjy3ixq5z4w2dcx7n6jjmqsvhza', { amount: '25000' });
  const cheap = await publish(server, offerOf('Honest host', { stories: ['0.1', '0.05'] }));
  const changed = {
    endpoint: 'https://honest.example/\u0000\u202e',
    offer: cheap,
    signer: address(honest),
    capacity: 9,
  };
  await updateHost(as(honest), changed);

  // A rating counts by what its channel has paid, and the next one takes its place.
  const review = await publish(server, new TextEncoder().encode('{"text":"quick"}'));
  const deposit = { host: address(honest), amount: parseEther('10') };
  const { channel } = await openChannel(as(payer), deposit);
  await topUpChannel(as(watcher), { channel, amount: parseEther('5') });
  await play.redeem(payer, channel, '4');
  await rateHost(as(payer), { channel, stars: 2 });
  await play.redeem(payer, channel, '9');
  await rateHost(as(payer), { channel, stars: 5, review });
  const second = await openChannel(as(asker), deposit);
  await play.redeem(asker, second.channel, '3');
  await rateHost(as(asker), { channel: second.channel, stars: 1 });
  await closeChannel(as(honest), second.channel);
  await openChannel(as(payer), { host: address(careless), amount: parseEther('1') });
  await requestClose(as(payer), channel);

  // 1: nobody contests; 2: the DAO finds the answer right, 3: wrong; 4: nobody rules; 5: proves itself.
  const accuse = async (host: number, input: string) => {
    const wrong = await signed(host, input, 'said');
    const accusation = { node: address(host), ...wrong, output: hashOf('right'), evidence: review };
    return (await accuseHost(as(watcher), accusation)).caseId;
  };
  const contest = async (caseId: bigint) => contestAnswerCase(as(payer), await readAnswerCase(as(payer), caseId));
  const uncontested = await accuse(careless, 'one');
  for (const [host, input] of [[honest, 'two'] as const, [careless, 'three'] as const, [honest, 'four'] as const])
    await contest(await accuse(host, input));
  await asDao(ruleAnswer(deployment, { caseId: 2n, wrong: false }));
  await asDao(ruleAnswer(deployment, { caseId: 3n, wrong: true }));
  const [first, other] = [await signed(careless, 'five', 'yes'), await signed(careless, 'five', 'no')];
  await contradictHost(as(watcher), address(careless), [first, other]);

  // 1: delivered; 2: not answered; 3 to 6: disputed and ruled in every way, or not; 7, 8: askers that are contracts.
  await play.ask(asker, order(null));
  await play.ask(asker, order(leaving, { answerWindow: 600, input: cidToChain(review) }));
  for (let i = 3; i <= 6; i++) await play.ask(asker, order(null));
  await play.askByContract('Keep');
  await play.askByContract('Revert');
  for (const id of [1n, 3n, 4n, 5n, 6n, 7n, 8n]) {
    await play.answer(id === 3n || id === 4n ? careless : honest, id, `answer ${id}`);
  }
  for (const id of [3n, 4n, 5n, 6n]) await play.dispute(id, `rather ${id}`);
  await play.rule(3n, 'disputerRight');
  await play.rule(4n, 'bothWrong');
  await play.rule(5n, 'hostRight');
  await play.deliver(3n, 'rather 3');
  await anvil.advance(HOUR + 1);
  for (const id of [1n, 7n, 8n]) await play.deliver(id, `answer ${id}`);
  await play.refund(2n);

  const wait = async (caseId: bigint) => {
    const { end } = await readAnswerCase(as(watcher), caseId);
    const { timestamp } = await anvil.publicClient.getBlock();
    await anvil.advance(Math.max(1, end - Number(timestamp) + 1));
    await closeAnswerCase(as(watcher), await readAnswerCase(as(watcher), caseId));
  };
  await wait(uncontested);
  await wait(4n);
  // It was answered a little later than the case was contested.
  await anvil.advance(2 * HOUR);
  await play.refund(6n);

  // Still open: a case, and requests that wait for an answer, a dispute and a delivery.
  await accuse(honest, 'seven');
  await play.ask(asker, order(honest));
  const open = await play.ask(asker, order(null));
  await play.answer(honest, open, 'it may be so');
  await resignHost(as(leaving));
  await as(watcher).sender.send({
    ...{ address: deployment.hostRegistry, abi: hostRegistryAbi },
    ...{ functionName: 'strike', args: [address(careless)] },
  });
  return { channel, review };
}
