import type { NodeEvent } from '../events.ts';
import type { Duty } from '../daemon/duties.ts';
import type { Level } from './levels.ts';
import { phrase, say, sentence } from '../cli/words/say.ts';
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
    ? say`everything is there`
    : say`missing: ${[missing.length > 0 && say`${missing.length} submissions`, ciphertextMissing && say`the shard`].filter(Boolean).join(', ')}`;

/** Steps as they stand behind "to". */
export const steps: Record<Duty['step'] | 'stake' | 'join', string> = {
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
  started: { level: 'info', say: ({ role, address }) => say`${phrase(role)} ${address} is running` },
  stopping: { level: 'info', say: ({ signal }) => say`${signal}: stopping; once more ends at once` },
  stopped: { level: 'info', say: ({ role }) => say`${phrase(role)} has stopped` },
  pending: {
    level: 'warn',
    say: ({ step, until }) => say`still to ${phrase(steps[step])} until ${moment(until)}: run it again before`,
  },
  serving: { level: 'info', say: ({ url }) => say`metrics on ${url}/metrics` },
  'answer-case-closed': {
    level: 'info',
    say: ({ caseId, node, taken }) => say`ended case ${caseId} about answers of ${short(node)}: took ${coveys(taken)}`,
  },
  'host-serving': {
    level: 'info',
    say: ({ url, models, free }) =>
      free ? say`serving ${models} models for nothing on ${url}` : say`serving ${models} models on ${url}`,
  },
  answered: {
    level: 'debug',
    say: ({ kind, model, seconds, price }) =>
      say`${phrase(kind)} of ${model} in ${(1000 * seconds).toFixed(0)} ms for ${coveys(price)}`,
  },
  'turned-away': { level: 'debug', say: ({ status, code }) => say`turned a request away: ${status} ${code}` },
  redeemed: {
    level: 'info',
    say: ({ channels, amount }) => say`redeemed ${coveys(amount)} of ${channels} channels`,
  },
  'desk-answered': {
    level: 'info',
    say: ({ requestId, fee }) => say`answered the request ${requestId} at the desk for ${coveys(fee)}`,
  },
  'desk-passed': {
    level: 'debug',
    say: ({ requestId, code }) => say`passed over the request ${requestId} at the desk: ${code}`,
  },
  'desk-delivered': {
    level: 'info',
    say: ({ requestId, called }) =>
      called
        ? say`was paid for the request ${requestId}, and its asker took the answer`
        : say`was paid for the request ${requestId}; no callback took the answer`,
  },
  'desk-refunded': {
    level: 'info',
    say: ({ requestId }) => say`nobody ruled on the request ${requestId}: its fee went back`,
  },
  trouble: { level: 'error', say: ({ message }) => sentence(message) ?? message },
  recovered: {
    level: 'info',
    say: (event) =>
      say`recovered after ${duration(event.seconds)} (${'what' in event ? phrase(event.what) : event.code})`,
  },
  'endpoint-left': { level: 'warn', say: ({ endpoint, message }) => say`left the endpoint ${endpoint}: ${message}` },
  'endpoint-back': {
    level: 'info',
    say: ({ endpoint, seconds }) => say`back to the endpoint ${endpoint} after ${duration(seconds)}`,
  },
  late: {
    level: 'warn',
    say: ({ step, left, computing, needed }) =>
      [
        say`${duration(left)} left to ${phrase(steps[step])}`,
        ...(computing ? [say`still ${phrase(computing)}`] : []),
        ...(needed === null ? [] : [say`about ${duration(needed)} more`]),
      ].join(', '),
  },
  computed: { level: 'info', say: ({ what, seconds }) => say`${phrase(what)} took ${duration(seconds)}` },
  missed: {
    level: 'error',
    say: ({ step, phase }) => say`too late to ${phrase(steps[step])}: the round is in ${phrase(phase)}`,
  },
  error: { level: 'error', say: ({ code, message }) => `${code}: ${sentence(message) ?? message}` },

  approved: { level: 'info', say: ({ amount, spender }) => say`let ${short(spender)} take ${coveys(amount)}` },
  staked: { level: 'info', say: ({ amount }) => say`staked ${coveys(amount)}` },
  delegated: { level: 'info', say: ({ amount, node }) => say`delegated ${coveys(amount)} to ${short(node)}` },
  allocated: {
    level: 'info',
    say: ({ role, ratio }) => say`allocated ${percent(ratio)} of the stake as ${phrase(role)}`,
  },
  'stake-released': { level: 'info', say: ({ node }) => say`freed the stake of ${short(node)}` },
  'case-opened': {
    level: 'info',
    say: ({ caseId, target, reason }) => say`opened slash case ${caseId} against ${short(target)}: ${phrase(reason)}`,
  },
  'case-executed': {
    level: 'info',
    say: ({ caseId, target, taken }) => say`slash case ${caseId} took ${coveys(taken)} of ${short(target)}`,
  },
  'slash-collected': { level: 'info', say: ({ amount, owner }) => say`collected ${coveys(amount)} of ${short(owner)}` },
  'task-expired': { level: 'info', say: () => say`ended the task, which nobody moved any more` },
  'round-opened': { level: 'info', say: ({ pool }) => say`opened the round with ${coveys(pool)}` },
  joined: { level: 'info', say: ({ role, stake }) => say`joined as ${phrase(role)} with ${coveys(stake)}` },
  'beacon-fixed': { level: 'info', say: ({ source }) => say`the draw waits for the beacon of ${source}` },
  drawn: { level: 'info', say: ({ role, seats }) => say`drew ${seats} seats of the role ${phrase(role)}` },
  'key-published': { level: 'info', say: () => say`published the key` },
  accepted: {
    level: 'info',
    say: ({ resultHash, seats, revealedSeats, contested }) =>
      contested
        ? say`accepted ${short(resultHash)} with ${seats} of ${revealedSeats} seats, contested`
        : say`accepted ${short(resultHash)} with ${seats} of ${revealedSeats} seats`,
  },
  challenged: { level: 'warn', say: ({ bond }) => say`challenged the result with a bond of ${coveys(bond)}` },
  finalized: { level: 'info', say: ({ model }) => say`finalized; the model is ${model}` },
  'claims-opened': { level: 'info', say: ({ pool }) => say`opened claims on ${coveys(pool)}` },
  'claims-closed': { level: 'info', say: ({ carried }) => say`closed claims; ${coveys(carried)} go on` },
  voided: { level: 'warn', say: ({ reason }) => say`the round is void: ${phrase(reason)}` },
  repeated: {
    level: 'warn',
    say: ({ reason, attempt }) => say`the round repeats (attempt ${attempt + 1}): ${phrase(reason)}`,
  },
  'forfeit-paid': {
    level: 'info',
    say: ({ amount, node }) => say`paid ${coveys(amount)} of the forfeit to ${short(node)}`,
  },
  'emission-earned': { level: 'info', say: ({ amount }) => say`minted ${coveys(amount)}` },

  'command-started': {
    level: 'info',
    say: ({ folder, seconds }) => say`the command has ${duration(seconds)}, and reads from ${folder}`,
  },
  'command-said': { level: 'info', say: ({ line }) => `| ${line}` },
  'command-ended': { level: 'info', say: ({ seconds }) => say`the command took ${duration(seconds)}` },
  training: {
    level: 'info',
    say: ({ done, total }) => say`trained ${Math.floor((100 * done) / Math.max(1, total))} %`,
  },
  'privacy-reserved': {
    level: 'info',
    say: ({ epsilon, left }) =>
      left === null
        ? say`privacy reserved: ε ${epsilon.toFixed(3)}`
        : say`privacy reserved: ε ${epsilon.toFixed(3)}, ${left.toFixed(3)} left`,
  },
  privacy: {
    level: 'info',
    say: ({ epsilon, left }) =>
      left === null
        ? say`privacy spent: ε ${epsilon.toFixed(3)}`
        : say`privacy spent: ε ${epsilon.toFixed(3)}, ${left.toFixed(3)} left`,
  },
  noised: { level: 'info', say: ({ signalToNoise }) => say`noised: signal to noise ${signalToNoise.toFixed(4)}` },
  uploaded: { level: 'info', say: ({ what, cid, bytes }) => say`stored the ${phrase(what)}, ${size(bytes)}: ${cid}` },
  'no-seat': { level: 'info', say: ({ role }) => say`drew no seat as ${phrase(role)}` },
  committed: { level: 'info', say: ({ seats }) => say`committed with ${seats} seats` },
  revealed: { level: 'info', say: ({ index, cid }) => say`revealed as submission ${index}: ${cid}` },
  attested: { level: 'info', say: (event) => say`attested with ${event.seats} seats: ${lacks(event)}` },
  'attestation-revealed': { level: 'info', say: () => say`revealed what was attested` },
  abstained: { level: 'warn', say: (event) => say`commits no result, for it lacks something: ${lacks(event)}` },
  scored: { level: 'info', say: ({ resultHash }) => say`scored: ${short(resultHash)}` },
  'result-committed': { level: 'info', say: ({ resultHash }) => say`committed the result ${short(resultHash)}` },
  'result-revealed': { level: 'info', say: ({ resultHash }) => say`revealed the result ${short(resultHash)}` },
  claimed: {
    level: 'info',
    say: ({ total, unlocked, vesting }) =>
      say`claimed ${coveys(total)}: ${coveys(unlocked)} now, ${coveys(vesting)} vesting`,
  },
  'nothing-to-claim': { level: 'info', say: ({ role }) => say`nothing to claim as ${phrase(role)}` },
  released: { level: 'info', say: ({ amount }) => say`took ${coveys(amount)} that had vested` },
  waiting: {
    level: 'info',
    say: ({ trainers, validators, secured, opensUntil }) =>
      secured
        ? say`waits to open a round: ${trainers} training nodes and ${validators} validators are ready; until ${moment(opensUntil)}`
        : say`waits to open a round: ${trainers} training nodes and ${validators} validators are ready, and the creation stake secures no other round; until ${moment(opensUntil)}`,
  },
  'task-completed': { level: 'info', say: () => say`completed the task` },
  'votes-submitted': {
    level: 'info',
    say: ({ proposal, counted, skipped, rejected }) =>
      say`brought ${counted} votes on ${short(proposal)} on chain (${skipped} skipped, ${rejected} rejected)`,
  },
  'order-seen': {
    level: 'info',
    say: ({ orderId, listingId, deliverBy }) =>
      say`order ${orderId} of listing ${listingId}: its key is due before ${moment(deliverBy)}`,
  },
  'key-delivered': {
    level: 'info',
    say: ({ orderId, listingId, disputeEnd }) =>
      say`delivered the key of listing ${listingId} for order ${orderId}; disputes until ${moment(disputeEnd)}`,
  },
  'key-lacking': {
    level: 'error',
    say: ({ orderId, listingId, deliverBy }) =>
      say`has no key of listing ${listingId}: order ${orderId} is refunded after ${moment(deliverBy)}`,
  },
  'order-missed': {
    level: 'error',
    say: ({ orderId, listingId, deliverBy }) =>
      say`too late for order ${orderId} of listing ${listingId}: its key was due before ${moment(deliverBy)}`,
  },
  'order-settled': {
    level: 'info',
    say: ({ orderId, listingId }) => say`order ${orderId} of listing ${listingId} is settled and paid`,
  },
  'listing-fraudulent': {
    level: 'error',
    say: ({ listingId }) => say`listing ${listingId} was proven fraudulent: its bond is lost, its orders are refunded`,
  },
  'order-pending': {
    level: 'warn',
    say: ({ orderId, deliverBy }) =>
      say`order ${orderId} still waits for its key until ${moment(deliverBy)}: run it again before`,
  },
  'sales-withdrawn': {
    level: 'info',
    say: ({ token, amount }) => say`withdrew ${amount} of the smallest unit of ${short(token)}`,
  },
  'snapshot-executed': { level: 'info', say: ({ proposal }) => say`executed ${short(proposal)}` },

  'tx-sent': { level: 'debug', say: ({ what, tx, nonce }) => say`${what}: sent ${tx} with nonce ${nonce}` },
  'tx-replaced': {
    level: 'warn',
    say: ({ what, tx, maxPrice }) =>
      say`${what}: no block took it; sent again for up to ${gwei(maxPrice)} as ${short(tx)}`,
  },
  'tx-capped': {
    level: 'warn',
    say: ({ what, maxPrice }) => say`${what}: no block takes it for ${gwei(maxPrice)}, and more is not allowed`,
  },
  'tx-resent': {
    level: 'warn',
    say: ({ what, tx }) => say`${what}: nodes had forgotten it; sent again as ${short(tx)}`,
  },
  'tx-displaced': {
    level: 'warn',
    say: ({ what, nonce, by }) =>
      by
        ? say`${what}: ${by} took its nonce ${nonce}; looking at it anew`
        : say`${what}: another transaction took its nonce ${nonce}; looking at it anew`,
  },
  'tx-mined': {
    level: 'debug',
    say: ({ what, gasUsed, price, reverted }) =>
      reverted
        ? say`${what}: reverted for ${gasUsed} gas at ${gwei(price)}`
        : say`${what}: mined for ${gasUsed} gas at ${gwei(price)}`,
  },
  'tx-failed': { level: 'warn', say: ({ what, message }) => `${what}: ${sentence(message) ?? message}` },
};

export const levelOf = ({ event }: NodeEvent): Level => sentences[event].level;

/** What happened, and in which round. */
export function sentenceOf(event: NodeEvent): string {
  const row = sentences[event.event] as Sentence<Name>;
  return `${whereOf(event)}${row.say(event as never)}`;
}

function whereOf(event: NodeEvent): string {
  if (!('taskId' in event) || event.taskId === undefined) return '';
  return 'round' in event && event.round !== undefined
    ? say`task ${event.taskId} round ${event.round}: `
    : say`task ${event.taskId}: `;
}
