import { readPolicy, readScorer } from '@covey/client';
import type { ContentStore, CoveyChain } from '@covey/client';
import { policyAbi } from '@covey/contracts/abi';
import { isCoveyError } from '@covey/errors';
import { sampleCount, type Dataset, type PolicyValues } from '@covey/protocol';
import type { Address, Hex } from 'viem';
import { shardSizes } from '../../data/validation.ts';
import type { DraftFile } from '../draft.ts';
import type { TaskDraft } from '../create-task.ts';
import { checkAccount, checkTwinTasks } from './check-account.ts';
import { checkCost } from './check-cost.ts';
import { checkData } from './check-data.ts';
import { checkStore } from './check-store.ts';
import { checkTerms, initialPolicy } from './check-terms.ts';
import { fail, hasFailed, ok, warn, type Finding } from './finding.ts';
import { baseFinding, readDraft } from './read-draft.ts';

/** What a task is checked against; what is not given is said to be left out. */
export interface Surroundings {
  /** Connects, which may fail. */
  chain?: (() => Promise<CoveyChain>) | undefined;
  account?: Address | undefined;
  store: ContentStore;
  /** Where the store is, for people. */
  ipfs: string;
  /** SHA-256 of the core here, with which the task is planned. */
  scorer: Hex;
}

export interface CheckedTask {
  findings: Finding[];
  /** All that creating it takes; absent where anything failed. */
  ready?: { file: DraftFile; task: TaskDraft; data: Dataset };
}

/** Everything that can fail about a task, before a key file or a transaction exists. */
export async function checkTask(path: string, surroundings: Surroundings): Promise<CheckedTask> {
  const { findings, file, task, data } = await readDraft(path);
  const outside = await checkSurroundings(surroundings, task);
  if (!file || !task) return { findings: [...findings, ...outside.findings] };
  const { policy } = outside;
  const all = [
    ...findings,
    ...checkTerms(task, policy),
    ...(findings.some(({ field }) => field === 'initialModel') ? [] : [baseFinding(file)]),
    ...(data ? await checkWithData({ file, task, data }, policy) : []),
    ...outside.findings,
  ];
  return { findings: all, ...(!hasFailed(all) && data && { ready: { file, task, data } }) };
}

/** A draft with its data, by a policy: no chain, no store. */
export async function checkWithData(
  { file, task, data }: { file: DraftFile; task: TaskDraft; data: Dataset },
  policy: PolicyValues,
): Promise<Finding[]> {
  const found = checkData(file, data);
  const sizes = shardSizes({ ...file.validation, rounds: task.rounds, samples: sampleCount(data) });
  // Sizes that are refused already have no cost.
  return hasFailed(found) && (sizes.shard < 1 || sizes.holdout < 1)
    ? found
    : [...found, ...(await checkCost(task, sizes, policy))];
}

async function checkSurroundings(
  { chain, account, store, ipfs, scorer }: Surroundings,
  task: TaskDraft | undefined,
): Promise<{ policy: PolicyValues; findings: Finding[] }> {
  const stored = checkStore(store, ipfs);
  const alone = async (finding: Finding) => ({ policy: initialPolicy, findings: [finding, await stored] });
  if (!chain) {
    const bound = 'checked against the numbers that a new deployment starts with';
    return await alone(
      warn('chain', 'no deployment is named', bound, 'Name one with --deployment, or run `covey init`.'),
    );
  }
  try {
    const covey = await chain();
    const [policy, scored] = await Promise.all([readPolicy(covey), checkScorer(covey, scorer)]);
    const findings = [
      ok('chain', `${covey.publicClient.chain?.id ?? 'connected'}`, 'the deployment’s chain answers'),
      scored,
    ];
    if (account === undefined) {
      findings.push(warn('account', 'none', 'its balance is not checked', 'Name it with --account, or --key-file.'));
    } else if (task) {
      findings.push(
        ...(await checkAccount(covey, account, task, policy)),
        await checkTwinTasks(covey, store, account, task),
      );
    }
    return { policy, findings: [...findings, await stored] };
  } catch (error) {
    if (!isCoveyError(error)) throw error;
    return await alone(fail('chain', error.shortMessage, 'the deployment’s chain answers', error.hint));
  }
}

/** With another core than the approved one, validators may count another cost, or refuse the network. */
async function checkScorer(covey: CoveyChain, scorer: Hex): Promise<Finding> {
  const version = await covey.publicClient.readContract({
    address: covey.deployment.policy,
    abi: policyAbi,
    functionName: 'version',
  });
  const approved = await readScorer(covey, version);
  const bound = `the DAO approved ${approved.slice(0, 10)}…`;
  if (approved === scorer) return ok('scorer', `${scorer.slice(0, 10)}…`, bound);
  return warn(
    'scorer',
    `${scorer.slice(0, 10)}…`,
    bound,
    'Update Covey to the version that has it: what is said of memory and cost is this one’s.',
  );
}
