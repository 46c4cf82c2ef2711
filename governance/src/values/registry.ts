import type { ContractName } from '@covey/contracts/abi';
import { taskManagerConstants, votingSettingsConstants } from '@covey/contracts/abi/constants';
import {
  answerCaseStates,
  caseStates,
  channelStates,
  custodianKinds,
  listingStates,
  hostStates,
  params,
  requestStates,
  roundPhases,
  snapshotStates,
  taskStates,
  voidReasons,
} from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import { votingBounds, votingModes } from '../voting-settings.ts';
import type { ValueUnit } from './unit.ts';

/** A view that tells values: a whole answer, or the fields of a struct. */
export interface ValueView {
  contract: ContractName;
  function: string;
  /** What its arguments are called. */
  topics: readonly string[];
  /** The view whose answer is the newest version, where the one argument is a version. */
  newest?: string;
}

export interface ValueRow {
  unit: ValueUnit;
  /** Hard bounds in code, inclusive; those of policy numbers stand with the numbers. */
  min?: bigint;
  max?: bigint;
  /** What the numbers of a `state` mean. */
  names?: readonly string[];
  /** Where it is read; absent where no view tells it, or a view of a contract that is none of this Covey's. */
  view?: ValueView;
  /** Its field in the struct that the view answers. */
  field?: string;
}

const view = (contract: ContractName, functionName: string, topics: readonly string[] = []): ValueView => ({
  contract,
  function: functionName,
  topics,
});

export const views = {
  task: view('taskManager', 'task', ['taskId']),
  round: view('roundManager', 'round', ['taskId', 'round']),
  result: view('results', 'roundResult', ['taskId', 'round']),
  key: view('attestations', 'keyOf', ['taskId', 'round']),
  allocation: view('stakeManager', 'allocation', ['node', 'taskId']),
  operator: view('stakeManager', 'operatorOf', ['node']),
  totalAllocated: view('stakeManager', 'totalAllocated'),
  rewards: view('rewardDistributor', 'rewards', ['taskId', 'round']),
  slashCase: view('slashCourt', 'slashCase', ['caseId']),
  stake: view('stakeManager', 'stakeOf', ['node']),
  openCases: view('stakeManager', 'openCases', ['node']),
  listing: view('modelMarket', 'listing', ['listingId']),
  paymentToken: view('modelMarket', 'isPaymentToken', ['token']),
  host: view('hostRegistry', 'host', ['node']),
  channel: view('inferenceChannels', 'channelInfo', ['channel']),
  answerCase: view('answerCases', 'answerCase', ['caseId']),
  request: view('inferenceDesk', 'request', ['requestId']),
  lock: view('voteEscrow', 'lockOf', ['lockId']),
  scorer: { ...view('policy', 'scorerAt', ['version']), newest: 'announcedVersion' },
  announcedVersion: view('policy', 'announcedVersion'),
  permission: view('dao', 'hasPermission', ['where', 'who', 'permissionId', 'data']),
  forwarder: view('dao', 'getTrustedForwarder'),
  daoUri: view('dao', 'daoURI'),
  votingMode: view('tokenVoting', 'votingMode'),
  supportThreshold: view('tokenVoting', 'supportThreshold'),
  minParticipation: view('tokenVoting', 'minParticipation'),
  minDuration: view('tokenVoting', 'minDuration'),
  minProposerVotingPower: view('tokenVoting', 'minProposerVotingPower'),
  snapshotSettings: { ...view('snapshotVoting', 'settings', ['version']), newest: 'settingsVersion' },
  snapshotProposal: view('snapshotVoting', 'getProposal', ['id']),
  /** All pausable contracts share the function. */
  pausedUntil: view('stakeManager', 'depositsPausedUntil'),
  minted: view('emission', 'minted'),
  emissionEarned: view('emission', 'earned', ['taskId', 'round']),
  custodian: view('token', 'custodianKind', ['custodian']),
  custody: view('token', 'custodyOf', ['custodian', 'owner']),
  allowance: view('token', 'allowance', ['owner', 'spender']),
  delegate: view('token', 'delegates', ['account']),
  votes: view('token', 'getVotes', ['account']),
  totalSupply: view('token', 'totalSupply'),
} satisfies Record<string, ValueView>;

const limits = votingSettingsConstants;

const settings = <const U extends ValueUnit>(unit: U, field: string, min: bigint, max?: bigint) => ({
  unit,
  view: views.snapshotSettings,
  field,
  min,
  ...(max !== undefined && { max }),
});

/**
 * Every value on chain that the DAO governs, a call changes or a simulation watches: one row each. Forms take bounds
 * and current values from here, decoded changes and simulations what to read and in which unit, pages how to write it.
 */
export const onChainValues = {
  policy: { unit: 'policy' },
  scorer: { unit: 'hash', view: views.scorer },
  'policy.announcedVersion': { unit: 'count', view: views.announcedVersion },

  'task.state': { unit: 'state', names: taskStates, view: views.task, field: 'state' },
  'task.multiplier': {
    unit: 'ratio',
    min: 0n,
    max: taskManagerConstants.MAX_MULTIPLIER,
    view: views.task,
    field: 'multiplier',
  },
  'task.creationStake': { unit: 'wei', view: views.task, field: 'creationStake' },
  'task.opener': { unit: 'address', view: views.task, field: 'opener' },
  'task.value': { unit: 'wei', view: views.task, field: 'value' },
  'task.common': { unit: 'wei', view: views.task, field: 'common' },
  'task.waiting': { unit: 'wei', view: views.task, field: 'waiting' },
  'task.roundsOpened': { unit: 'count', view: views.task, field: 'roundsOpened' },
  'task.roundsClosed': { unit: 'count', view: views.task, field: 'roundsClosed' },

  'round.phase': { unit: 'state', names: roundPhases, view: views.round, field: 'phase' },
  'round.voidReason': { unit: 'state', names: voidReasons, view: views.round, field: 'voidReason' },
  'round.attempt': { unit: 'count', view: views.round, field: 'attempt' },
  'round.result': { unit: 'hash', view: views.result, field: 'accepted' },
  'round.winner': { unit: 'address', view: views.result, field: 'winner' },
  'round.challengeEnd': { unit: 'time', view: views.round, field: 'challengeEnd' },
  'round.rulingEnd': { unit: 'time', view: views.round, field: 'rulingEnd' },
  'round.key': { unit: 'hash', view: views.key },

  'rewards.opened': { unit: 'flag', view: views.rewards, field: 'opened' },
  'rewards.secured': { unit: 'wei', view: views.rewards, field: 'secured' },
  'rewards.fee': { unit: 'wei', view: views.rewards, field: 'fee' },
  'rewards.carried': { unit: 'wei', view: views.rewards, field: 'carried' },
  'rewards.paid': { unit: 'wei', view: views.rewards, field: 'paid' },
  'rewards.claimsLeft': { unit: 'count', view: views.rewards, field: 'claimsLeft' },

  'slash.state': { unit: 'state', names: caseStates, view: views.slashCase, field: 'state' },
  'slash.taken': { unit: 'wei', view: views.slashCase, field: 'taken' },
  'slash.collected': { unit: 'wei', view: views.slashCase, field: 'collected' },

  'host.state': { unit: 'state', names: hostStates, view: views.host, field: 'state' },
  'host.holds': { unit: 'count', view: views.host, field: 'holds' },
  'host.bound': { unit: 'wei', view: views.host, field: 'bound' },
  'channel.state': { unit: 'state', names: channelStates, view: views.channel, field: 'state' },
  'channel.deposit': { unit: 'wei', view: views.channel, field: 'deposit' },
  'channel.redeemed': { unit: 'wei', view: views.channel, field: 'redeemed' },
  'answerCase.state': { unit: 'state', names: answerCaseStates, view: views.answerCase, field: 'state' },
  'answerCase.taken': { unit: 'wei', view: views.answerCase, field: 'taken' },
  'answerCase.collected': { unit: 'wei', view: views.answerCase, field: 'collected' },
  'request.state': { unit: 'state', names: requestStates, view: views.request, field: 'state' },
  'request.payee': { unit: 'address', view: views.request, field: 'payee' },

  'stake.own': { unit: 'wei', view: views.stake, field: 'own' },
  'stake.delegated': { unit: 'wei', view: views.stake, field: 'delegated' },
  'stake.commission': { unit: 'ratio', view: views.stake, field: 'commission' },
  'stake.openCases': { unit: 'count', view: views.openCases },
  'stake.operator': { unit: 'address', view: views.operator },
  'stake.totalAllocated': { unit: 'wei', view: views.totalAllocated },
  'allocation.ratio': { unit: 'ratio', view: views.allocation, field: 'ratio' },
  'allocation.bound': { unit: 'ratio', view: views.allocation, field: 'bound' },

  'listing.price': { unit: 'wei', view: views.listing, field: 'price' },
  'listing.creatorShare': { unit: 'ratio', view: views.listing, field: 'creatorShare' },
  'listing.sales': { unit: 'count', view: views.listing, field: 'sales' },
  'listing.state': { unit: 'state', names: listingStates, view: views.listing, field: 'state' },

  'market.paymentToken': { unit: 'flag', view: views.paymentToken },

  'lock.owner': { unit: 'address', view: views.lock, field: 'owner' },
  'lock.amount': { unit: 'wei', view: views.lock, field: 'amount' },
  'lock.unlocksAt': { unit: 'time', view: views.lock, field: 'unlocksAt' },

  'dao.forwarder': { unit: 'address', view: views.forwarder },
  'dao.uri': { unit: 'uri', view: views.daoUri },
  'dao.metadata': { unit: 'uri' },
  'dao.callback': { unit: 'flag' },
  permission: { unit: 'permission', view: views.permission },
  plugin: { unit: 'version' },
  implementation: { unit: 'address' },

  'voting.mode': { unit: 'state', names: votingModes, view: views.votingMode },
  'voting.supportThreshold': { unit: 'ppm', ...votingBounds.supportThreshold, view: views.supportThreshold },
  'voting.minParticipation': { unit: 'ppm', ...votingBounds.minParticipation, view: views.minParticipation },
  'voting.minDuration': { unit: 'seconds', ...votingBounds.minDuration, view: views.minDuration },
  'voting.minProposerVotingPower': { unit: 'wei', view: views.minProposerVotingPower },

  // Bounds are those of SnapshotVoting; the power's upper one, a twentieth of all votes, only the chain knows.
  'snapshot.supportThreshold': settings('ppm', 'supportThreshold', limits.MIN_SUPPORT, limits.MAX_SUPPORT),
  'snapshot.minParticipation': settings('ppm', 'minParticipation', limits.MIN_PARTICIPATION, limits.MAX_PARTICIPATION),
  'snapshot.maxSnapshotAge': settings('blocks', 'maxSnapshotAge', 1n, limits.MAX_SNAPSHOT_AGE),
  'snapshot.minDuration': settings('seconds', 'minDuration', limits.MIN_WINDOW, limits.MAX_WINDOW),
  'snapshot.submissionWindow': settings('seconds', 'submissionWindow', limits.MIN_WINDOW, limits.MAX_WINDOW),
  'snapshot.extension': settings('seconds', 'extension', limits.MIN_EXTENSION, limits.MAX_WINDOW),
  'snapshot.delay': settings('seconds', 'delay', 2n * limits.MIN_WINDOW, limits.MAX_WINDOW),
  'snapshot.executionWindow': settings('seconds', 'executionWindow', limits.MIN_WINDOW, limits.MAX_WINDOW),
  'snapshot.minProposerVotingPower': settings('wei', 'minProposerVotingPower', 1n),
  'snapshot.state': { unit: 'state', names: snapshotStates, view: views.snapshotProposal, field: 'state' },

  'deposits.pausedUntil': { unit: 'time', view: views.pausedUntil },

  'emission.minted': { unit: 'wei', view: views.minted },
  'emission.earned': { unit: 'flag', view: views.emissionEarned },

  custodian: { unit: 'state', names: custodianKinds, view: views.custodian },
  custody: { unit: 'wei', view: views.custody },
  allowance: { unit: 'wei', view: views.allowance },
  balance: { unit: 'wei' },
  'nft.owner': { unit: 'address' },
  'votes.delegate': { unit: 'address', view: views.delegate },
  'votes.power': { unit: 'wei', view: views.votes },
  'token.totalSupply': { unit: 'wei', view: views.totalSupply },
} as const satisfies Record<string, ValueRow>;

export type ValueId = keyof typeof onChainValues;

/** The row of a value, without the precision of its own type. */
export const valueRow = (id: ValueId): ValueRow => onChainValues[id];

/** A value, or one of the policy numbers. */
export type ValueName = ValueId | `policy.${ParamName}`;

/** In which unit a value is written; of a policy number its own. */
export const unitOfValue = (name: ValueName): ValueUnit => {
  const param = params.find((known) => name === `policy.${known}`);
  return param === undefined ? valueRow(name as ValueId).unit : policyNumbers[param].unit;
};

const sameView = (a: ValueView, b: ValueView | undefined) =>
  a === b || (a.function === b?.function && (a.contract === b.contract || b === views.pausedUntil));

/** Every value that a view tells, in the order of the registry. */
export const valuesOf = (told: ValueView): ValueId[] =>
  (Object.keys(onChainValues) as ValueId[]).filter((id) => sameView(told, valueRow(id).view));
