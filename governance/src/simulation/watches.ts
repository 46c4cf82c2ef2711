import { getAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { contractAt } from '@covey/contracts/abi';
import type { ContractName } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { params } from '@covey/contracts/abi/enums';
import { permissionDangers } from '../catalogue/dangers.ts';
import { expectedGrants, permissionName } from '../permissions.ts';
import { views } from '../values/registry.ts';
import type { ValueView } from '../values/registry.ts';
import { toJson } from './json.ts';
import type { ReadLog } from './logs.ts';
import type { Json } from './report.ts';
import { watchView } from './views.ts';
import type { Watch, WatchSpecification } from './views.ts';

type Arguments = Readonly<Record<string, unknown>>;
type Specify = (args: Arguments, deployment: Deployment) => WatchSpecification[];

/** What a view tells, asked with the arguments of the event that are called as its own, or as `names` says. */
const told =
  (view: ValueView, names: Readonly<Record<string, string>> = {}): Specify =>
  (args) => [{ view, args: view.topics.map((topic) => args[names[topic] ?? topic]) }];

const all =
  (...parts: Specify[]): Specify =>
  (args, deployment) =>
    parts.flatMap((part) => part(args, deployment));

const each = (events: readonly string[], specify: Specify): Record<string, Specify> =>
  Object.fromEntries(events.map((event) => [event, specify]));

const policyVersion: Specify = ({ previous, version, effectiveAt }) => {
  const versions = { args: [previous], argsAfter: [version], subject: {}, effectiveAt: Number(effectiveAt) };
  const values = { contract: 'policy', function: 'valuesAt', topics: ['version'] } as const;
  return [
    {
      ...versions,
      view: values,
      fields: (answer) =>
        Object.fromEntries(
          params.map((param, index) => [`policy.${param}`, (answer as readonly bigint[])[index] ?? null]),
        ),
    },
    { ...versions, view: views.scorer },
    { view: views.announcedVersion },
  ];
};

const permission: Specify = ({ permissionId, where, who }, deployment) => {
  const name = permissionName(permissionId as Hex);
  const whereIs = contractAt(deployment, where as Address);
  const whoIs = contractAt(deployment, who as Address);
  const belongs = expectedGrants(deployment).some(
    (grant) =>
      grant.permissionId === permissionId &&
      grant.where === getAddress(where as Address) &&
      grant.who === getAddress(who as Address),
  );
  const subject = {
    where: toJson(where),
    ...(whereIs && { whereContract: whereIs }),
    who: toJson(who),
    ...(whoIs && { whoContract: whoIs }),
    permissionId: toJson(permissionId),
    ...(name && { permission: name }),
  };
  // To have what every Covey starts with is right, and to lose it breaks it; every other grant is power for somebody.
  const isDangerous = (_: Json, after: Json) =>
    (after === true) !== belongs && (name === undefined || permissionDangers[name] !== 'low');
  return [{ view: views.permission, args: [where, who, permissionId, '0x'], subject, isDangerous }];
};

const custodian: Specify = ({ custodian: account }, deployment) => {
  const name = contractAt(deployment, account as Address);
  const subject = { custodian: toJson(account), ...(name && { custodianContract: name }) };
  return [{ view: views.custodian, args: [account], subject, isDangerous: (_, after) => after !== 'none' }];
};

const allowance: Specify = ({ owner, spender }, deployment) => [
  {
    view: views.allowance,
    args: [owner, spender],
    isDangerous: (before, after) =>
      contractAt(deployment, owner as Address) === 'dao' && BigInt(`${after}`) > BigInt(`${before}`),
  },
];

const snapshotSettings: Specify = ({ previous, version }) => [
  { view: views.snapshotSettings, args: [previous], argsAfter: [version], subject: {} },
];

/** Only minting and burning change how many tokens there are. */
const supply: Specify = ({ from, to }, deployment) =>
  [from, to].some((account) => /^0x0+$/.test(String(account))) ? told(views.totalSupply)({}, deployment) : [];

const pausable = (contract: ContractName) =>
  each(['DepositsPaused', 'DepositsResumed'], told({ ...views.pausedUntil, contract }));

const task = told(views.task);
const round = told(views.round);

/** What an event of a contract says has changed, and where to read it. Everything that the contracts do writes events. */
const watchesOf: Partial<Record<ContractName, Record<string, Specify>>> = {
  policy: { VersionAnnounced: policyVersion },
  dao: {
    ...each(['Granted', 'Revoked'], permission),
    TrustedForwarderSet: () => [{ view: views.forwarder, isDangerous: () => true }],
    NewURI: told(views.daoUri),
  },
  tokenVoting: {
    VotingSettingsUpdated: all(
      told(views.votingMode),
      told(views.supportThreshold),
      told(views.minParticipation),
      told(views.minDuration),
      told(views.minProposerVotingPower),
    ),
  },
  snapshotVoting: {
    SettingsUpdated: snapshotSettings,
    ...each(['ProposalVetoed', 'ProposalExecuted', 'ProposalRegistered'], told(views.snapshotProposal)),
  },
  taskManager: {
    ...each(['BudgetReturned', 'CommonAdded', 'CreationStakeRaised', 'CreationStakeReturned'], task),
    ...each(['ForfeitPaid', 'MultiplierChanged', 'OpenerNamed', 'Redeemed', 'RestSwept', 'RoundSettled'], task),
    ...each(['TaskApproved', 'TaskCompleted', 'TaskExpired', 'TaskFunded', 'TaskProposed'], task),
    ...each(['TaskRejected', 'TaskStopped'], task),
    ...each(['CreationStakeForfeited', 'PoolPaidOut', 'RoundAllocated'], all(task, round)),
    ...pausable('taskManager'),
  },
  roundManager: each(['RoundFinalized', 'RoundOpened', 'RoundRepeated', 'RoundVoided', 'SeatsDrawn'], round),
  attestations: { KeyPublished: told(views.key) },
  results: each(['ResultAccepted', 'ResultChallenged', 'ResultRuled'], all(round, told(views.result))),
  rewardDistributor: each(['ClaimsOpened', 'CarriedOver', 'TrainerClaimed', 'ValidatorClaimed'], told(views.rewards)),
  slashCourt: each(['CaseOpened', 'CaseExecuted', 'CaseOverturned', 'SlashDistributed'], told(views.slashCase)),
  stakeManager: {
    ...each(
      ['CommissionAnnounced', 'Frozen', 'Slashed', 'StakeChanged', 'Unfrozen'],
      all(told(views.stake), told(views.openCases)),
    ),
    ...each(['Allocated', 'StakeBound', 'StakeUnbound'], all(told(views.allocation), told(views.totalAllocated))),
    OperatorChanged: told(views.operator),
    ...pausable('stakeManager'),
  },
  hostRegistry: each(
    ['HostEnlisted', 'HostHeld', 'HostLeft', 'HostLetGo', 'HostReleased', 'HostRenewed', 'HostTermsSet'],
    told(views.host),
  ),
  inferenceChannels: {
    ...each(['ChannelClosed', 'ChannelClosing', 'ChannelToppedUp', 'VoucherRedeemed'], told(views.channel)),
    ...pausable('inferenceChannels'),
  },
  answerCases: each(
    [
      ...['AnswerAccused', 'AnswerContradicted', 'RequestConvicted', 'AnswerContested', 'AnswerRuled'],
      ...['AnswerCaseExecuted', 'AnswerCaseLapsed', 'AnswerSlashDistributed'],
    ],
    told(views.answerCase),
  ),
  inferenceDesk: {
    ...each(
      [
        ...['InferenceAsked', 'InferenceAnswered', 'InferenceDisputed', 'InferenceRuled'],
        ...['InferenceDelivered', 'InferenceRefunded'],
      ],
      told(views.request),
    ),
    ...pausable('inferenceDesk'),
  },
  modelMarket: {
    ...each(['ListingPaused', 'ListingResumed', 'ModelDelisted', 'ModelListed', 'PriceChanged'], told(views.listing)),
    PaymentTokenSet: told(views.paymentToken),
    ...pausable('modelMarket'),
  },
  keyEscrow: pausable('keyEscrow'),
  voteEscrow: {
    ...each(['Locked', 'Relocked', 'UnlockRequested', 'Unlocked'], told(views.lock)),
    ...pausable('voteEscrow'),
  },
  emission: { EmissionEarned: all(told(views.minted), told(views.emissionEarned)) },
  token: {
    CustodianSet: custodian,
    Approval: allowance,
    DelegateChanged: told(views.delegate, { account: 'delegator' }),
    DelegateVotesChanged: told(views.votes, { account: 'delegate' }),
    Transfer: supply,
    ...each(['Deposited', 'Withdrawn', 'Seized'], told(views.custody)),
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
