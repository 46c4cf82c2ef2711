import { getAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { contractAt } from '@covey/contracts/abi';
import type { ContractName } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import {
  caseStates,
  custodianKinds,
  params,
  roundPhases,
  snapshotStates,
  taskStates,
  voidReasons,
} from '@covey/contracts/abi/enums';
import { decodeEnum } from '@covey/protocol';
import { permissionDangers } from '../catalogue/dangers.ts';
import { expectedGrants, permissionName } from '../permissions.ts';
import { votingModes } from '../voting-settings.ts';
import { toJson, toJsonRecord } from './json.ts';
import type { ReadLog } from './logs.ts';
import type { Json } from './report.ts';
import { watchView } from './views.ts';
import type { Watch, WatchSpecification } from './views.ts';

type Arguments = Readonly<Record<string, unknown>>;
type Specify = (args: Arguments, deployment: Deployment) => WatchSpecification[];

const named = (prefix: string, value: object, names: readonly string[]): Record<string, Json> =>
  Object.fromEntries(names.map((name) => [`${prefix}.${name}`, toJson((value as Record<string, unknown>)[name])]));

const single =
  (contract: ContractName, functionName: string, what: string) =>
  (args: readonly unknown[] = [], subject: Record<string, Json> = {}): WatchSpecification => ({
    contract,
    functionName,
    args,
    subject,
    fields: (value: unknown) => ({ [what]: toJson(value) }),
  });

const task = ({ taskId }: Arguments): WatchSpecification => ({
  contract: 'taskManager',
  functionName: 'task',
  args: [taskId],
  subject: { taskId: toJson(taskId) },
  fields: (value: { state: number }) => ({
    'task.state': decodeEnum(taskStates, value.state),
    ...named('task', value, ['multiplier', 'creationStake', 'funded', 'budget', 'roundsOpened', 'roundsClosed']),
  }),
});

const round = ({ taskId, round: number }: Arguments): WatchSpecification => ({
  contract: 'roundManager',
  functionName: 'round',
  args: [taskId, number],
  subject: { taskId: toJson(taskId), round: toJson(number) },
  fields: (value: { phase: number; voidReason: number }) => ({
    'round.phase': decodeEnum(roundPhases, value.phase),
    'round.voidReason': decodeEnum(voidReasons, value.voidReason),
    ...named('round', value, ['acceptedHash', 'challengeEnd', 'disputeEnd', 'key']),
  }),
});

const rewards = ({ taskId, round: number }: Arguments): WatchSpecification => ({
  contract: 'rewardDistributor',
  functionName: 'rewards',
  args: [taskId, number],
  subject: { taskId: toJson(taskId), round: toJson(number) },
  fields: (value: object) => named('rewards', value, ['opened', 'pool', 'paid', 'claimsLeft']),
});

const slashCase = ({ caseId }: Arguments): WatchSpecification => ({
  contract: 'slashCourt',
  functionName: 'slashCase',
  args: [caseId],
  subject: { caseId: toJson(caseId) },
  fields: (value: { state: number }) => ({
    'slashCase.state': decodeEnum(caseStates, value.state),
    ...named('slashCase', value, ['taken', 'collected']),
  }),
});

const stakeOf = ({ node }: Arguments): WatchSpecification[] => [
  {
    contract: 'stakeManager',
    functionName: 'stakeOf',
    args: [node],
    subject: { node: toJson(node) },
    fields: (value: object) => named('stake', value, ['own', 'delegated', 'commission']),
  },
  single('stakeManager', 'openCases', 'stake.openCases')([node], { node: toJson(node) }),
];

const listing = ({ listingId }: Arguments): WatchSpecification => ({
  contract: 'modelMarket',
  functionName: 'listing',
  args: [listingId],
  subject: { listingId: toJson(listingId) },
  fields: (value: object) => named('listing', value, ['price', 'creatorShare', 'sales', 'active']),
});

const lock = ({ lockId }: Arguments): WatchSpecification => ({
  contract: 'voteEscrow',
  functionName: 'lockOf',
  args: [lockId],
  subject: { lockId: toJson(lockId) },
  fields: (value: object) => named('lock', value, ['owner', 'amount', 'unlocksAt']),
});

const policyVersion = ({ previous, version, effectiveAt }: Arguments): WatchSpecification[] => {
  const versions = { args: [previous], argsAfter: [version], effectiveAt: Number(effectiveAt) };
  return [
    {
      ...versions,
      contract: 'policy',
      functionName: 'valuesAt',
      fields: (values: readonly bigint[]) =>
        Object.fromEntries(params.map((param, i) => [`policy.${param}`, toJson(values[i])])),
    },
    {
      ...versions,
      contract: 'policy',
      functionName: 'scorerAt',
      fields: (value: unknown) => ({ 'policy.scorer': toJson(value) }),
    },
    single('policy', 'announcedVersion', 'policy.announcedVersion')(),
  ];
};

const permission = ({ permissionId, where, who }: Arguments, deployment: Deployment): WatchSpecification => {
  const name = permissionName(permissionId as Hex);
  const whereIs = contractAt(deployment, where as Address);
  const whoIs = contractAt(deployment, who as Address);
  const belongs = expectedGrants(deployment).some(
    (grant) =>
      grant.permissionId === permissionId &&
      grant.where === getAddress(where as Address) &&
      grant.who === getAddress(who as Address),
  );
  return {
    contract: 'dao',
    functionName: 'hasPermission',
    args: [where, who, permissionId, '0x'],
    subject: {
      where: toJson(where),
      ...(whereIs && { whereContract: whereIs }),
      who: toJson(who),
      ...(whoIs && { whoContract: whoIs }),
      permissionId: toJson(permissionId),
      ...(name && { permission: name }),
    },
    fields: (value: unknown) => ({ permission: toJson(value) }),
    // To have what every Covey starts with is right, and to lose it breaks it; every other grant is power for somebody.
    isDangerous: (_, after) =>
      (after === true) !== belongs && (name === undefined || permissionDangers[name] !== 'low'),
  };
};

const votingSettings = (): WatchSpecification[] => [
  {
    contract: 'tokenVoting',
    functionName: 'votingMode',
    fields: (mode: number) => ({ 'votingSettings.mode': decodeEnum(votingModes, mode) }),
  },
  ...(['supportThreshold', 'minParticipation', 'minDuration', 'minProposerVotingPower'] as const).map((name) =>
    single('tokenVoting', name, `votingSettings.${name}`)(),
  ),
];

const snapshotSettings = ({ previous, version }: Arguments): WatchSpecification => ({
  contract: 'snapshotVoting',
  functionName: 'settings',
  args: [previous],
  argsAfter: [version],
  fields: (value: object) =>
    Object.fromEntries(Object.entries(toJsonRecord(value)).map(([name, item]) => [`snapshotSettings.${name}`, item])),
});

const binding = ({ id }: Arguments): WatchSpecification => ({
  contract: 'snapshotVoting',
  functionName: 'getProposal',
  args: [id],
  subject: { id: toJson(id) },
  fields: (value: { state: number }) => ({ 'snapshotProposal.state': decodeEnum(snapshotStates, value.state) }),
});

const custodian = ({ custodian: account }: Arguments, deployment: Deployment): WatchSpecification => {
  const name = contractAt(deployment, account as Address);
  return {
    contract: 'token',
    functionName: 'custodianKind',
    args: [account],
    subject: { custodian: toJson(account), ...(name && { custodianContract: name }) },
    fields: (kind: number) => ({ custodian: decodeEnum(custodianKinds, kind) }),
    isDangerous: (_, after) => after !== 'none',
  };
};

const allowance = ({ owner, spender }: Arguments, deployment: Deployment): WatchSpecification => ({
  ...single('token', 'allowance', 'allowance')([owner, spender], { owner: toJson(owner), spender: toJson(spender) }),
  isDangerous: (before, after) =>
    contractAt(deployment, owner as Address) === 'dao' && BigInt(`${after}`) > BigInt(`${before}`),
});

const paused = (contract: ContractName): Record<string, Specify> => {
  const until = () => [single(contract, 'depositsPausedUntil', 'depositsPausedUntil')()];
  return { DepositsPaused: until, DepositsResumed: until };
};

const list =
  (...specify: ((args: Arguments, deployment: Deployment) => WatchSpecification)[]): Specify =>
  (args, deployment) =>
    specify.map((one) => one(args, deployment));

const both = list(task, round);

/** What an event of a contract says has changed, and where to read it. Everything that the contracts do writes events. */
const watchesOf: Partial<Record<ContractName, Record<string, Specify>>> = {
  policy: { VersionAnnounced: policyVersion },
  dao: {
    Granted: list(permission),
    Revoked: list(permission),
    TrustedForwarderSet: () => [
      { ...single('dao', 'getTrustedForwarder', 'dao.trustedForwarder')(), isDangerous: () => true },
    ],
    NewURI: () => [single('dao', 'daoURI', 'dao.uri')()],
  },
  tokenVoting: { VotingSettingsUpdated: votingSettings },
  snapshotVoting: {
    SettingsUpdated: list(snapshotSettings),
    ProposalVetoed: list(binding),
    ProposalExecuted: list(binding),
    ProposalRegistered: list(binding),
  },
  taskManager: {
    ...Object.fromEntries(
      [
        'BudgetReturned',
        'CreationStakeReturned',
        'MultiplierChanged',
        'Refunded',
        'RestSwept',
        'TaskApproved',
        'TaskCompleted',
        'TaskExpired',
        'TaskFunded',
        'TaskProposed',
        'TaskRejected',
        'TaskStopped',
      ].map((event) => [event, list(task)]),
    ),
    CreationStakeForfeited: both,
    PoolPaidOut: both,
    RoundAllocated: both,
    ...paused('taskManager'),
  },
  roundManager: Object.fromEntries(
    ['ResultAccepted', 'ResultChallenged', 'RoundDisputed', 'RoundFinalized', 'RoundRuled', 'RoundVoided'].map(
      (event) => [event, list(round)],
    ),
  ),
  rewardDistributor: {
    ClaimsOpened: list(rewards),
    CarriedOver: list(rewards),
    TrainerClaimed: list(rewards),
    ValidatorClaimed: list(rewards),
  },
  slashCourt: {
    CaseOpened: list(slashCase),
    CaseExecuted: list(slashCase),
    CaseOverturned: list(slashCase),
    SlashDistributed: list(slashCase),
  },
  stakeManager: {
    ...Object.fromEntries(
      ['CommissionAnnounced', 'Frozen', 'Slashed', 'StakeChanged', 'Unfrozen'].map((event) => [event, stakeOf]),
    ),
    ...paused('stakeManager'),
  },
  modelMarket: { ModelDelisted: list(listing), ModelListed: list(listing), ...paused('modelMarket') },
  voteEscrow: {
    ...Object.fromEntries(['Locked', 'Relocked', 'UnlockRequested', 'Unlocked'].map((event) => [event, list(lock)])),
    ...paused('voteEscrow'),
  },
  emission: {
    Minted: () => [
      single('emission', 'minted', 'emission.minted')(),
      single('emission', 'nextMintAt', 'emission.nextMintAt')(),
    ],
    WeightChanged: ({ taskId }) => [
      single('emission', 'weightOf', 'emission.weight')([taskId], { taskId: toJson(taskId) }),
    ],
    EpochStarted: () => [single('emission', 'stakeQuarterPower', 'emission.stakeQuarterPower')()],
  },
  token: {
    CustodianSet: list(custodian),
    Approval: list(allowance),
    DelegateChanged: ({ delegator }) => [
      single('token', 'delegates', 'votes.delegate')([delegator], { account: toJson(delegator) }),
    ],
    DelegateVotesChanged: ({ delegate }) => [
      single('token', 'getVotes', 'votes')([delegate], { account: toJson(delegate) }),
    ],
    Transfer: ({ from, to }) =>
      [from, to].some((account) => /^0x0+$/.test(String(account)))
        ? [single('token', 'totalSupply', 'token.totalSupply')()]
        : [],
    ...Object.fromEntries(
      ['Deposited', 'Withdrawn', 'Seized'].map((event) => [
        event,
        ({ custodian: by, owner }: Arguments) => [
          single('token', 'custodyOf', 'custody')([by, owner], { custodian: toJson(by), owner: toJson(owner) }),
        ],
      ]),
    ),
  },
};

/** Events that start a new version of numbers: versions count from 1, and each starts from the one before. */
const versionEvents = ['VersionAnnounced', 'SettingsUpdated'];

/** Of several new versions the last one counts, beside what was before the first. */
function versionArguments({ shown, args }: ReadLog, logs: readonly ReadLog[]): Arguments | undefined {
  if (!args || !versionEvents.includes(shown.event ?? '')) return args;
  const versions = logs.filter((log) => log.shown.event === shown.event && log.shown.address === shown.address);
  const last = versions[versions.length - 1]?.args ?? args;
  return { ...last, previous: Number(versions[0]?.args?.['version']) - 1 };
}

/** What to read before and after, from what an execution wrote: each view once. */
export function watchesFor(logs: readonly ReadLog[], deployment: Deployment): Watch[] {
  const watches = new Map<string, Watch>();
  for (const log of logs) {
    const { contract, event } = log.shown;
    const specify = contract && event && watchesOf[contract]?.[event];
    const args = versionArguments(log, logs);
    if (!specify || !args) continue;
    for (const specification of specify(args, deployment)) {
      const watch = watchView(deployment, specification);
      if (watch && !watches.has(watch.key)) watches.set(watch.key, watch);
    }
  }
  return [...watches.values()];
}
