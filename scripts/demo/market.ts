import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPolicyNumber } from '@covey/client';
import { formatEther, parseEther } from 'viem';
import { cast } from './cast.ts';
import type { CheckList } from './check-list.ts';
import { covey, startDaemon } from './commands.ts';
import { mnistFolder } from './mnist.ts';
import type { Summary } from './summary.ts';
import type { World } from './world.ts';

const price = parseEther('250');
const sealedPrice = parseEther('400');
/** Which digit of the test set the buyer tries. */
const digit = 42;

/**
 * The creator lists the final model, and a sealed one of its own; processes of the buyer's buy both, fetch them, check every
 * hash, and run them.
 */
export async function sellModels(
  world: World,
  checks: CheckList,
  { taskId }: { taskId: bigint },
  detail: (text: string) => void,
): Promise<Summary['market']> {
  const open = await sellOpen(world, checks, taskId, detail);
  const { file, ...sold } = open;
  return { ...sold, sealed: await sellSealed(world, checks, { taskId, model: file }, detail) };
}

async function sellOpen(world: World, checks: CheckList, taskId: bigint, detail: (text: string) => void) {
  const listed = await covey<{ listingId: string }>(world, cast.creator, [
    ...['market', 'publish', '--task', String(taskId), '--price', formatEther(price), '--share', '0.1'],
  ]);
  const { listingId: listing } = listed;
  detail(`listing ${listing} at ${formatEther(price)} COVEY`);
  const file = join(world.dir, 'bought.safetensors');
  const bought = await covey<{ model: string; bytes: number }>(world, cast.buyer, [
    ...['market', 'buy', '--listing', listing, '--out', file],
  ]);
  detail(`bought and fetched ${bought.model}: ${bought.bytes} bytes, hash checked`);
  const { label, predicted } = await predictDigit(world, taskId, ['--cid', bought.model]);
  checks.equal('the bought model recognises a digit', predicted, label);
  return { listing, model: bought.model, price: String(price), digit: { label, predicted }, file };
}

/** A maker seals a model, an unattended seller delivers its key, the buyer opens it. */
async function sellSealed(
  world: World,
  checks: CheckList,
  { taskId, model }: { taskId: bigint; model: string },
  detail: (text: string) => void,
): Promise<Summary['market']['sealed']> {
  const [begin, keyFile] = [join(world.dir, 'own'), join(world.dir, 'own.key')];
  const { cid } = await covey<{ cid: string }>(world, cast.creator, [
    ...['seal', model, '--maker', world.address(cast.creator), '--name', 'Digits, sealed'],
    ...['--out', begin, '--content-key', keyFile],
  ]);
  const { listingId: listing } = await covey<{ listingId: string }>(world, cast.creator, [
    ...['market', 'publish', '--manifest', cid, '--price', formatEther(sealedPrice)],
  ]);
  detail(`sealed and listed as ${listing}: ${cid}`);
  const seller = startDaemon(world, cast.creator, [
    ...['seller', '--content-key', keyFile, '--confirmations', '0', '--no-withdraw'],
  ]);
  try {
    const opened = join(world.dir, 'opened.safetensors');
    const { orderId: order } = await covey<{ orderId: string }>(world, cast.buyer, [
      ...['market', 'buy', '--listing', listing, '--out', opened, '--poll-ms', '300'],
    ]);
    await covey(world, cast.buyer, ['pull', '--order', order, '--out', opened]);
    detail(`order ${order}: its key was delivered unattended, and opened the model`);
    checks.equal(
      'the sealed model opens to the very bytes that were sealed',
      Buffer.compare(readFileSync(opened), readFileSync(model)),
      0,
    );
    const { label, predicted } = await predictDigit(world, taskId, ['--model', opened]);
    checks.equal('the opened model recognises a digit', predicted, label);
    // Content, it need not wait for the end of its window; the seller then takes what it earned of both models.
    await covey(world, cast.buyer, ['market', 'settle', '--order', order]);
    await seller.stop();
    const { owed } = await covey<{ owed: { where: string; amount: string }[] }>(world, cast.creator, [
      'market',
      'withdraw',
    ]);
    const fee = await readPolicyNumber(world.covey, 'marketFee');
    const earned = owed.find(({ where }) => where === 'escrow')?.amount ?? '0';
    const due = sealedPrice - (sealedPrice * fee) / parseEther('1');
    checks.equal('the seller of the sealed model got its price less the fee', BigInt(earned), due);
    detail(`the seller withdrew ${formatEther(BigInt(earned))} COVEY for it`);
    return { listing, manifest: cid, order, price: String(sealedPrice), earned, digit: { label, predicted } };
  } finally {
    await seller.stop();
  }
}

async function predictDigit(world: World, taskId: bigint, which: string[]) {
  const result = await covey<{ predictions: [{ class: number; expected: { class: number } }] }>(world, cast.buyer, [
    ...['predict', '--task', String(taskId), ...which, '--mnist', mnistFolder(), '--index', String(digit)],
  ]);
  const [{ class: predicted, expected }] = result.predictions;
  return { label: expected.class, predicted };
}
