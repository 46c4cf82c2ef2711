import type { NodeEvent } from '../events.ts';
import type { Duty } from '../daemon/duties.ts';
import type { Level } from './levels.ts';
import { coveys, duration, gwei, moment, percent, short, size } from './words.ts';

type Name = NodeEvent['event'];
type Of<E extends Name> = Extract<NodeEvent, { event: E }>;

/** How loud an event is, and what it says to people. Where it happened stands before it. */
interface Sentence<E extends Name> {
  level: Level;
  say: (event: Of<E>) => string;
}

const lacks = ({ missing, ciphertextMissing }: { missing: readonly unknown[]; ciphertextMissing: boolean }) =>
  missing.length === 0 && !ciphertextMissing
    ? 'everything is there'
    : `missing: ${[missing.length > 0 && `${missing.length} submissions`, ciphertextMissing && 'the shard'].filter(Boolean).join(' and ')}`;

/** Steps as they stand behind "to". */
const steps: Record<Duty['step'] | 'stake' | 'join', string> = {
  stake: 'stake before the round opened',
  join: 'join',
  commit: 'commit',
  reveal: 'reveal',
  attest: 'attest',
  'attest-reveal': 'reveal what was attested',
  'result-commit': 'commit the result',
  'result-reveal': 'reveal the result',
  'publish-key': 'publish the key',
};

/** Every event with its level and its sentence: their one home. Whoever adds an event is asked for both by the types. */
export const sentences: { [E in Name]: Sentence<E> } = {
  started: { level: 'info', say: ({ role, address }) => `${role} ${address} is running` },
  stopping: { level: 'info', say: ({ signal }) => `${signal}: stopping; once more ends at once` },
  stopped: { level: 'info', say: ({ role }) => `${role} has stopped` },
  pending: {
    level: 'warn',
    say: ({ step, until }) => `still to ${steps[step]} until ${moment(until)}: run it again before`,
  },
  serving: { level: 'info', say: ({ url }) => `metrics on ${url}/metrics` },
  trouble: { level: 'error', say: ({ message }) => message },
  recovered: {
    level: 'info',
    say: (event) => `recovered after ${duration(event.seconds)} (${'what' in event ? event.what : event.code})`,
  },
  'endpoint-left': { level: 'warn', say: ({ endpoint, message }) => `left the endpoint ${endpoint}: ${message}` },
  'endpoint-back': {
    level: 'info',
    say: ({ endpoint, seconds }) => `back to the endpoint ${endpoint} after ${duration(seconds)}`,
  },
  late: {
    level: 'warn',
    say: ({ step, left, computing, needed }) =>
      `${duration(left)} left to ${steps[step]}${computing ? `, still ${computing}` : ''}${needed === null ? '' : `: about ${duration(needed)} more`}`,
  },
  computed: { level: 'info', say: ({ what, seconds }) => `${what} took ${duration(seconds)}` },
  missed: { level: 'error', say: ({ step, phase }) => `too late to ${steps[step]}: the round is in ${phase}` },
  error: { level: 'error', say: ({ code, message }) => `${code}: ${message}` },

  approved: { level: 'info', say: ({ amount, spender }) => `let ${short(spender)} take ${coveys(amount)}` },
  staked: { level: 'info', say: ({ amount }) => `staked ${coveys(amount)}` },
  delegated: { level: 'info', say: ({ amount, node }) => `delegated ${coveys(amount)} to ${short(node)}` },
  allocated: { level: 'info', say: ({ role, ratio }) => `allocated ${percent(ratio)} of the stake as ${role}` },
  'stake-released': { level: 'info', say: ({ node }) => `freed the stake of ${short(node)}` },
  'case-opened': {
    level: 'info',
    say: ({ caseId, target, reason }) => `opened slash case ${caseId} against ${short(target)}: ${reason}`,
  },
  'case-executed': {
    level: 'info',
    say: ({ caseId, target, taken }) => `slash case ${caseId} took ${coveys(taken)} of ${short(target)}`,
  },
  'slash-collected': { level: 'info', say: ({ amount, owner }) => `collected ${coveys(amount)} of ${short(owner)}` },
  'task-expired': { level: 'info', say: () => 'ended the task, which nobody moved any more' },
  'round-opened': { level: 'info', say: ({ pool }) => `opened the round with ${coveys(pool)}` },
  joined: { level: 'info', say: ({ role, stake }) => `joined as ${role} with ${coveys(stake)}` },
  'beacon-fixed': { level: 'info', say: ({ source }) => `the draw waits for the beacon of ${source}` },
  drawn: { level: 'info', say: ({ role, seats }) => `drew ${seats} seats of ${role}s` },
  'key-published': { level: 'info', say: () => 'published the key' },
  accepted: {
    level: 'info',
    say: ({ resultHash, seats, revealedSeats, contested }) =>
      `accepted ${short(resultHash)} with ${seats} of ${revealedSeats} seats${contested ? ', contested' : ''}`,
  },
  challenged: { level: 'warn', say: ({ bond }) => `challenged the result with a bond of ${coveys(bond)}` },
  finalized: { level: 'info', say: ({ model }) => `finalized; the model is ${model}` },
  'claims-opened': { level: 'info', say: ({ pool }) => `opened claims on ${coveys(pool)}` },
  'claims-closed': { level: 'info', say: ({ carried }) => `closed claims; ${coveys(carried)} go on` },
  voided: { level: 'warn', say: ({ reason }) => `the round is void: ${reason}` },
  repeated: { level: 'warn', say: ({ reason, attempt }) => `the round repeats (attempt ${attempt + 1}): ${reason}` },
  'forfeit-paid': {
    level: 'info',
    say: ({ amount, node }) => `paid ${coveys(amount)} of the forfeit to ${short(node)}`,
  },
  'emission-earned': { level: 'info', say: ({ amount }) => `minted ${coveys(amount)}` },

  'command-started': {
    level: 'info',
    say: ({ folder, seconds }) => `the command has ${duration(seconds)}, and reads from ${folder}`,
  },
  'command-said': { level: 'info', say: ({ line }) => `| ${line}` },
  'command-ended': { level: 'info', say: ({ seconds }) => `the command took ${duration(seconds)}` },
  training: {
    level: 'info',
    say: ({ done, total }) => `trained ${Math.floor((100 * done) / Math.max(1, total))} %`,
  },
  'privacy-reserved': {
    level: 'info',
    say: ({ epsilon, left }) =>
      `privacy reserved: ε ${epsilon.toFixed(3)}${left === null ? '' : `, ${left.toFixed(3)} left`}`,
  },
  privacy: {
    level: 'info',
    say: ({ epsilon, left }) =>
      `privacy spent: ε ${epsilon.toFixed(3)}${left === null ? '' : `, ${left.toFixed(3)} left`}`,
  },
  noised: { level: 'info', say: ({ signalToNoise }) => `noised: signal to noise ${signalToNoise.toFixed(4)}` },
  uploaded: { level: 'info', say: ({ what, cid, bytes }) => `stored the ${what}, ${size(bytes)}: ${cid}` },
  'no-seat': { level: 'info', say: ({ role }) => `drew no seat as ${role}` },
  committed: { level: 'info', say: ({ seats }) => `committed with ${seats} seats` },
  revealed: { level: 'info', say: ({ index, cid }) => `revealed as submission ${index}: ${cid}` },
  attested: { level: 'info', say: (event) => `attested with ${event.seats} seats: ${lacks(event)}` },
  'attestation-revealed': { level: 'info', say: () => 'revealed what was attested' },
  abstained: { level: 'warn', say: (event) => `commits no result, for it lacks something: ${lacks(event)}` },
  scored: { level: 'info', say: ({ resultHash }) => `scored: ${short(resultHash)}` },
  'result-committed': { level: 'info', say: ({ resultHash }) => `committed the result ${short(resultHash)}` },
  'result-revealed': { level: 'info', say: ({ resultHash }) => `revealed the result ${short(resultHash)}` },
  claimed: {
    level: 'info',
    say: ({ total, unlocked, vesting }) =>
      `claimed ${coveys(total)}: ${coveys(unlocked)} now, ${coveys(vesting)} vesting`,
  },
  'nothing-to-claim': { level: 'info', say: ({ role }) => `nothing to claim as ${role}` },
  released: { level: 'info', say: ({ amount }) => `took ${coveys(amount)} that had vested` },
  waiting: {
    level: 'info',
    say: ({ trainers, validators, secured, opensUntil }) =>
      `waits to open a round: ${trainers} training nodes and ${validators} validators are ready${secured ? '' : ', and the creation stake secures no other round'}; until ${moment(opensUntil)}`,
  },
  'task-completed': { level: 'info', say: () => 'completed the task' },
  'votes-submitted': {
    level: 'info',
    say: ({ proposal, counted, skipped, rejected }) =>
      `brought ${counted} votes on ${short(proposal)} on chain (${skipped} skipped, ${rejected} rejected)`,
  },
  'snapshot-executed': { level: 'info', say: ({ proposal }) => `executed ${short(proposal)}` },

  'tx-sent': { level: 'debug', say: ({ what, tx, nonce }) => `${what}: sent ${tx} with nonce ${nonce}` },
  'tx-replaced': {
    level: 'warn',
    say: ({ what, tx, maxPrice }) =>
      `${what}: no block took it; sent again for up to ${gwei(maxPrice)} as ${short(tx)}`,
  },
  'tx-capped': {
    level: 'warn',
    say: ({ what, maxPrice }) => `${what}: no block takes it for ${gwei(maxPrice)}, and more is not allowed`,
  },
  'tx-resent': { level: 'warn', say: ({ what, tx }) => `${what}: nodes had forgotten it; sent again as ${short(tx)}` },
  'tx-displaced': {
    level: 'warn',
    say: ({ what, nonce, by }) => `${what}: ${by ?? 'another transaction'} took its nonce ${nonce}; looking at it anew`,
  },
  'tx-mined': {
    level: 'debug',
    say: ({ what, gasUsed, price, reverted }) =>
      `${what}: ${reverted ? 'reverted' : 'mined'} for ${gasUsed} gas at ${gwei(price)}`,
  },
  'tx-failed': { level: 'warn', say: ({ what, message }) => `${what}: ${message}` },
};

export const levelOf = ({ event }: NodeEvent): Level => sentences[event].level;

/** What happened, and in which round. */
export function sentenceOf(event: NodeEvent): string {
  const { say } = sentences[event.event] as Sentence<Name>;
  return `${whereOf(event)}${say(event as never)}`;
}

function whereOf(event: NodeEvent): string {
  if (!('taskId' in event) || event.taskId === undefined) return '';
  const round = 'round' in event && event.round !== undefined ? ` round ${event.round}` : '';
  return `task ${event.taskId}${round}: `;
}
