// What the creator's account must have before anything is sent, and whether the contracts take proposals now.
import { chainError, readAllowance, readBalance, readTask, readTaskCount, readTaskDocument } from '@covey/client';
import type { ContentReader, CoveyChain } from '@covey/client';
import { taskManagerAbi } from '@covey/contracts/abi';
import type { PolicyValues } from '@covey/protocol';
import { isAddressEqual, type Address } from 'viem';
import { coveyText, etherText, utcText } from '../../quantities.ts';
import type { TaskDraft } from '../create-task.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** Gas of proposing with that of approving the tokens: so much, and so much more for each key commitment. */
const PROPOSING = { base: 900_000n, key: 50_000n };
/** Own tasks looked at for twins, the newest first. */
const LATEST = 20n;

export async function checkAccount(
  covey: CoveyChain,
  account: Address,
  draft: Pick<TaskDraft, 'rounds' | 'budget'>,
  policy: PolicyValues,
): Promise<Finding[]> {
  const { publicClient, deployment } = covey;
  const contract = { address: deployment.taskManager, abi: taskManagerAbi } as const;
  try {
    const [tokens, allowance, native, price, block, pausedUntil] = await Promise.all([
      readBalance(covey, account),
      readAllowance(covey, account, deployment.taskManager),
      publicClient.getBalance({ address: account }),
      publicClient.getGasPrice(),
      publicClient.getBlock(),
      publicClient.readContract({ ...contract, functionName: 'depositsPausedUntil' }),
    ]);
    const gas = (PROPOSING.base + PROPOSING.key * BigInt(draft.rounds + 1)) * price;
    return [
      checkPause(pausedUntil, block.timestamp),
      ...checkTokens({ tokens, allowance, account }, draft, policy),
      checkGas(native, gas),
    ];
  } catch (cause) {
    throw chainError(cause, `reading what ${account} has`);
  }
}

function checkPause(pausedUntil: number, now: bigint): Finding {
  if (BigInt(pausedUntil) <= now) return ok('proposals', 'are taken', '');
  const value = `the DAO has paused deposits until ${utcText(pausedUntil)}`;
  return fail('proposals', value, '', 'Create the task after that; nothing is lost by waiting.');
}

function checkTokens(
  { tokens, allowance, account }: { tokens: bigint; allowance: bigint; account: Address },
  { budget }: Pick<TaskDraft, 'budget'>,
  { creationStake }: PolicyValues,
): Finding[] {
  const value = coveyText(tokens);
  const bound = `${coveyText(creationStake)} as creation stake, which comes back when the last key is published`;
  if (tokens < creationStake)
    return [
      fail('balance', value, `at least ${bound}`, `Send ${coveyText(creationStake - tokens)} more to ${account}.`),
    ];
  const allowed =
    allowance >= creationStake
      ? ok('allowance', coveyText(allowance), 'enough for the creation stake')
      : ok('allowance', coveyText(allowance), 'the stake is approved by a transaction of its own, before the proposal');
  if (tokens < creationStake + budget) {
    const advice = `Have ${coveyText(creationStake + budget - tokens)} more before you fund it, or let others fund.`;
    return [warn('balance', value, `${bound}; ${coveyText(budget)} more to fund the stated budget`, advice), allowed];
  }
  return [ok('balance', value, `${bound}; ${coveyText(budget)} more to fund it`), allowed];
}

function checkGas(native: bigint, gas: bigint): Finding {
  const value = `${etherText(native)} of the chain’s own currency`;
  const bound = `about ${etherText(gas)} to propose`;
  if (native >= gas) return ok('gas', value, bound);
  return fail('gas', value, bound, `Send ${etherText(gas - native)} more to the account.`);
}

/** A task of the same name by the same account that is not over yet: most likely this one, proposed before. */
export async function checkTwinTasks(
  covey: CoveyChain,
  reader: ContentReader,
  account: Address,
  { name }: Pick<TaskDraft, 'name'>,
): Promise<Finding> {
  const count = await readTaskCount(covey);
  const bound = 'no other task of yours with this name';
  for (let taskId = count; taskId > 0n && taskId > count - LATEST; taskId--) {
    const task = await readTask(covey, taskId);
    if (!isAddressEqual(task.creator, account) || !['proposed', 'approved'].includes(task.state)) continue;
    // What cannot be read is no reason to stop.
    const document = await readTaskDocument(reader, task, { timeoutMs: 5_000 }).catch(() => undefined);
    if (document?.name !== name) continue;
    const advice = `See \`covey task show --task ${taskId}\` first: a second proposal is a second stake.`;
    return warn('name', `task ${taskId} of yours is called so too, and is ${task.state}`, bound, advice);
  }
  return ok('name', name, bound);
}
