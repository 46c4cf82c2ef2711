import { join } from 'node:path';
import { modelMarketAbi } from '@covey/contracts/abi';
import { ensureAllowance, eventIn, readAccepted, readPolicyNumber, readRound } from '@covey/client';
import { formatEther, parseEther, zeroHash } from 'viem';
import { root, run } from '../process.ts';
import { cast } from './cast.ts';
import type { CheckList } from './check-list.ts';
import { testKey } from './keys.ts';
import { mnistFolder } from './mnist.ts';
import type { Summary } from './summary.ts';
import type { World } from './world.ts';

const price = parseEther('250');
/** Which digit of the test set the buyer tries. */
const digit = 42;

/** The creator lists the final model; the buyer's own processes buy it, fetch it by CID, check its hash and run it. */
export async function sellModel(
  world: World,
  checks: CheckList,
  { taskId, lastRound }: { taskId: bigint; lastRound: number },
  detail: (text: string) => void,
): Promise<Summary['market']> {
  const round = await readRound(world.covey, taskId, lastRound);
  const last = await readAccepted(world.covey, round);
  if (!last) throw new Error(`Round ${lastRound} has no accepted result.`);
  const { modelMarket } = world.deployment;
  const creator = world.account(cast.creator);
  await ensureAllowance(creator, modelMarket, await readPolicyNumber(world.covey, 'listingFee'));
  const { receipt } = await creator.sender.send({
    address: modelMarket,
    abi: modelMarketAbi,
    functionName: 'listTask',
    args: [
      taskId,
      last,
      {
        token: world.deployment.token,
        price,
        period: 0,
        creatorShare: parseEther('0.1'),
        card: { codec: 0n, digest: zeroHash },
        previous: 0n,
      },
    ],
  });
  const listing = String(eventIn(receipt, modelMarket, modelMarketAbi, 'ModelListed').args.listingId);
  detail(`listing ${listing} at ${formatEther(price)} COVEY`);

  const file = join(world.dir, 'bought.safetensors');
  const bought = await covey<{ model: string; bytes: number }>(world, ['buy', '--listing', listing, '--out', file]);
  detail(`bought and fetched ${bought.model}: ${bought.bytes} bytes, hash checked`);
  const result = await covey<{ predictions: [{ class: number; expected: { class: number } }] }>(world, [
    ...['predict', '--task', String(taskId), '--cid', bought.model],
    ...['--mnist', mnistFolder(), '--index', String(digit)],
  ]);
  const [{ class: predicted, expected }] = result.predictions;
  const label = expected.class;
  checks.equal('the bought model recognises a digit', predicted, label);
  return {
    listing,
    model: bought.model,
    price: String(price),
    digit: { label, predicted },
  };
}

/** Runs a `covey` command of the buyer to its end and gives what it printed. */
async function covey<Result>(world: World, args: string[]): Promise<Result> {
  const chain = ['--rpc', world.chain.rpcUrl, '--deployment', world.deploymentFile, '--gateway', world.serverUrl];
  const result = await run(process.execPath, [join(root, 'nodes/src/cli/main.ts'), ...args, ...chain, '--json'], {
    env: { COVEY_PRIVATE_KEY: testKey(cast.buyer) },
  });
  if (result.code !== 0)
    throw new Error(`covey ${args[0]} ended with ${result.code}: ${result.stdout}${result.stderr}`);
  return JSON.parse(result.stdout) as Result;
}
