// What the numbers of contracts' errors are: the ABI knows their types, not their units.
import {
  answerCaseStates,
  attestationStages,
  bondStates,
  caseStates,
  channelStates,
  custodianKinds,
  hostStates,
  listingKinds,
  listingStates,
  orderStates,
  params,
  policyNumbers,
  reasons,
  requestStates,
  resultStages,
  roles,
  roundPhases,
  snapshotStates,
  taskStates,
  voidReasons,
  type PolicyUnit,
} from '@covey/contracts/abi';
import { formatEther, toHex } from 'viem';
import { countText, coveyText, decimalText, durationText, utcText, percentText } from '../quantities.ts';

const texts = {
  wei: coveyText,
  ether: (value: bigint) => `${decimalText(formatEther(value))} ETH`,
  votes: (value: bigint) => `${decimalText(formatEther(value))} votes`,
  moment: (value: bigint) => (value === 0n ? 'never' : utcText(value)),
  /** Of a beacon: unix seconds, or a block where blocks are its source. Blocks are fewer than seconds since 1970. */
  momentOrBlock: (value: bigint) => (value < 1_000_000_000n ? `block ${value}` : utcText(value)),
  seconds: (value: bigint) => durationText(value, 4),
  ratio: (value: bigint) => percentText(value, 18),
  ppm: (value: bigint) => percentText(value, 6),
  factor: (value: bigint) => `${decimalText(formatEther(value))} ×`,
  block: (value: bigint) => `block ${value}`,
  day: (value: bigint) => utcText(value * 86_400n).slice(0, 10),
  gas: (value: bigint) => `${countText(value)} gas`,
  bytes: (value: bigint) => `${countText(value)} bytes`,
  count: countText,
  id: String,
  hex: (value: bigint) => toHex(value),
  /** Bit n stands for state n. */
  states: (value: bigint) => snapshotStates.filter((_, n) => ((value >> BigInt(n)) & 1n) === 1n).join(' or '),
} satisfies Record<string, (value: bigint) => string>;

type Unit = keyof typeof texts;

/** By the argument's name; where errors disagree, by theirs, with `else` for all others. */
const units: Readonly<Record<string, Unit | (Record<string, Unit> & { else?: Unit })>> = {
  ...ofUnit('wei', 'allowance amount balance bonus cap carried custody held increasedSupply part policyMinimum pool'),
  ...ofUnit('wei', 'deposit own received redeemed requested revenue stake staked supply'),
  ...ofUnit('moment', 'appealEnd availableAt deadline effectiveAt end expiresAt expiry hardEnd now_ start timestamp'),
  ...ofUnit('moment', 'closeAt deliverBy disputeEnd unlocksAt until'),
  ...ofUnit('seconds', 'cooldown duration maxWindow minWindow notice window'),
  ...ofUnit('ratio', 'commission free ratio security share step'),
  ...ofUnit('block', 'blockNumber committedBlock snapshot timepoint clock'),
  ...ofUnit(
    'count',
    'amountsArrayLength bits cases closed count currentNonce index latestRelease newRelease openCases',
  ),
  ...ofUnit('count', 'protocolVersion receiversArrayLength release build rounds submissions version'),
  ...ofUnit('count', 'holds openOrders signatures stars vouchers'),
  ...ofUnit('id', 'caseId listingId lockId orderId proposalId requestId round source taskId'),
  ...ofUnit('bytes', 'length offset'),
  ...ofUnit('hex', 'bitmap codec'),
  ...ofUnit('day', 'day today'),
  ...ofUnit('momentOrBlock', 'availableFrom'),
  power: 'votes',
  multiplier: 'factor',
  left: 'gas',
  gas_: 'gas',
  length: { WrongHelpersArrayLength: 'count', else: 'bytes' },
  latest: { UnknownVersion: 'count', else: 'moment' },
  minimum: { CooldownTooShort: 'seconds', RequestWindowOutOfBounds: 'seconds', else: 'wei' },
  needed: { CallbackGasMissing: 'gas', GasTooLow: 'gas', NotEnoughGas: 'gas', NotEnoughPower: 'votes', else: 'wei' },
  maximum: {
    BonusTooHigh: 'wei',
    CallbackGasTooHigh: 'gas',
    EndpointLength: 'bytes',
    InputInvalid: 'bytes',
    OutputLength: 'bytes',
    RequestWindowOutOfBounds: 'seconds',
    VoucherBatchLength: 'count',
    TooManyCustodians: 'count',
    TooManyChallenges: 'count',
    MultiplierTooHigh: 'factor',
    else: 'ratio',
  },
  min: { SnapshotOutOfBounds: 'block', else: 'seconds' },
  max: { SnapshotOutOfBounds: 'block', PowerTooLarge: 'votes', TooManyActions: 'count', else: 'seconds' },
  expected: {
    PaymentShort: 'wei',
    PriceMismatch: 'wei',
    GenesisMismatch: 'wei',
    NativeTokenDepositAmountMismatch: 'ether',
    WrongState: 'states',
    else: 'count',
  },
  got: { GenesisMismatch: 'wei', else: 'count' },
  actual: {
    PriceMismatch: 'wei',
    NativeTokenDepositAmountMismatch: 'ether',
    RatioOutOfBounds: 'ppm',
    DateOutOfBounds: 'moment',
    MinDurationOutOfBounds: 'seconds',
  },
  limit: { RatioOutOfBounds: 'ppm', DateOutOfBounds: 'moment', MinDurationOutOfBounds: 'seconds' },
  value: { SafeCastOverflowedUintDowncast: 'id' },
};

function ofUnit(unit: Unit, names: string): Record<string, Unit> {
  return Object.fromEntries(names.split(' ').map((name) => [name, unit]));
}

const ofPolicy: Record<PolicyUnit, Unit> = {
  ratio: 'ratio',
  seconds: 'seconds',
  wei: 'wei',
  count: 'count',
  bytes: 'bytes',
};

/** Of SnapshotVoting's settings, which the error names. */
const ofSetting: Record<string, Unit> = {
  supportThreshold: 'ppm',
  minParticipation: 'ppm',
  maxSnapshotAge: 'count',
  minProposerVotingPower: 'votes',
};

/** Enums by the name that the ABI gives them. */
const enums: Readonly<Record<string, readonly string[]>> = {
  AnswerCaseState: answerCaseStates,
  AttestationStage: attestationStages,
  BondState: bondStates,
  CaseState: caseStates,
  ChannelState: channelStates,
  HostState: hostStates,
  ListingKind: listingKinds,
  ListingState: listingStates,
  OrderState: orderStates,
  RequestState: requestStates,
  'ICoveyToken.CustodianKind': custodianKinds,
  'IMajorityVoting.VoteOption': ['none', 'abstain', 'yes', 'no'],
  'ISnapshotVoting.State': snapshotStates,
  Param: params,
  Reason: reasons,
  ResultStage: resultStages,
  Role: roles,
  RoundPhase: roundPhases,
  TaskState: taskStates,
  VoidReason: voidReasons,
};

/** The unit of an error's number; those of ValueOutOfBounds and SettingOutOfBounds follow from what they are about. */
export function unitOf(error: string, name: string, about: unknown): Unit | undefined {
  if (['value', 'min', 'max'].includes(name)) {
    const param = params[Number(about)];
    if (error === 'ValueOutOfBounds') return param === undefined ? 'id' : ofPolicy[policyNumbers[param].unit];
    if (error === 'SettingOutOfBounds') return ofSetting[String(about)] ?? 'seconds';
  }
  const unit = units[name];
  return typeof unit === 'object' ? (unit[error] ?? unit.else) : unit;
}

export const numberText = (unit: Unit | undefined, value: bigint): string => texts[unit ?? 'id'](value);

/** The member of an enum, by `enum Name` of the ABI; undefined for what is no enum, or none that has names here. */
export const memberOf = (internalType: string | undefined, value: bigint): string | undefined =>
  internalType?.startsWith('enum ') ? enums[internalType.slice('enum '.length)]?.[Number(value)] : undefined;
