import { join } from 'node:path';
import {
  GovernanceError,
  backedChoices,
  basicChoices,
  countedTypes,
  messageId,
  parseEnvelope,
  tally,
  verifyEnvelope,
  voteKinds,
  wireEnvelope,
} from '@covey/governance';
import type { Envelope, EnvelopeOf, ProposalType } from '@covey/governance';
import * as dagJson from '@ipld/dag-json';
import type { Address, Hex, PublicClient } from 'viem';
import { messageOf, ServerError } from '../errors.ts';
import type { IpfsNode } from '../ipfs/node.ts';
import { MAX_OPEN_PROPOSALS, tooLong } from './limits.ts';
import { MessageLog } from './message-log.ts';
import type { BrokenLine, LoggedMessage } from './message-log.ts';

/** A proposal as it was signed, with where it is kept. */
export interface HubProposal {
  id: Hex;
  ipfs: string;
  author: Address;
  message: EnvelopeOf<'proposal'>['message'] & { type: (typeof countedTypes)[number] };
}

export interface HubVote {
  id: Hex;
  ipfs: string;
  voter: Address;
  proposal: Hex;
  created: number;
  choice: number | number[];
  reason: string;
  app: string;
  metadata: string;
  /** Wei at the proposal's snapshot block. */
  power: bigint;
}

export interface HubScores {
  scores: bigint[];
  total: bigint;
  state: 'pending' | 'final';
}

export interface HubOptions {
  /** Folder of the message log. */
  directory: string;
  /** Id of the one space, for instance covey.eth. */
  space: string;
  ipfs: IpfsNode;
  client: PublicClient;
  /** Wei of votes of an address at a past block. */
  power(address: Address, block: number): Promise<bigint>;
  /** The chain's time in seconds: voting windows are held to it, so that they agree with everything on chain. */
  now(): number;
  /** Number of the chain's newest block. */
  head(): number;
  /** Makes sure that `now` and `head` are those of the chain at this moment; gives up rather than wait for long. */
  refresh(): Promise<void>;
  /** Called after a message was accepted. */
  accepted(kind: 'proposal' | 'vote', proposal: Hex): void;
}

/** Seconds by which a client's clock may be off, as on Snapshot's own hub. */
const CLOCK_SKEW = 300;
const MAX_BODY = 20_000;

/** What a client posted and the hub refuses; answered in Snapshot's own error shape. */
function refuse(description: string): never {
  throw new ServerError('HUB_INVALID', description);
}

/** A Snapshot hub for one space: takes signed messages, keeps them durably, counts votes. It holds no key. */
export class Hub {
  readonly #options: HubOptions;
  readonly #log: MessageLog;
  readonly #proposals = new Map<Hex, HubProposal>();
  /** Votes that count: one a voter and proposal. */
  readonly #votes = new Map<Hex, Map<Address, HubVote>>();
  readonly #seen = new Set<Hex>();
  readonly #final = new Map<Hex, Promise<HubScores>>();
  /** Lines of the log that were skipped when it was opened. */
  readonly broken: BrokenLine[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: HubOptions) {
    this.#options = options;
    this.#log = new MessageLog(join(options.directory, 'messages.jsonl'));
  }

  get space(): string {
    return this.#options.space;
  }

  async open(): Promise<void> {
    await this.#log.open(
      (logged) => {
        const envelope = parseEnvelope(logged.envelope);
        if (messageId(envelope) !== logged.id) throw new Error(`the message ${logged.id} was changed`);
        this.#take(logged, envelope, undefined);
      },
      (line) => this.broken.push(line),
    );
  }

  async close(): Promise<void> {
    await this.#queue.catch(() => undefined);
    await this.#log.close();
  }

  /** Checks, keeps and counts one message; messages come one after the other, so that rules see all before them. */
  ingest(json: unknown): Promise<{ id: Hex; ipfs: string }> {
    const next = this.#queue.catch(() => undefined).then(() => this.#ingest(json));
    this.#queue = next;
    return next;
  }

  async #ingest(json: unknown): Promise<{ id: Hex; ipfs: string }> {
    const { now, ipfs, client, space } = this.#options;
    let envelope: Envelope & { id: Hex };
    try {
      const parsed = parseEnvelope(json);
      const excess = tooLong(parsed);
      if (excess !== undefined) refuse(excess);
      envelope = await verifyEnvelope({ envelope: parsed, publicClient: client });
    } catch (error) {
      if (error instanceof GovernanceError) refuse(messageOf(error));
      throw error;
    }
    const { id } = envelope;
    if (this.#seen.has(id)) refuse('duplicate message');
    if (!('space' in envelope.message) || envelope.message.space !== space) refuse('unknown space');
    await this.#options.refresh();
    this.#checkClock(envelope.message.timestamp);
    let power: bigint | undefined;
    if (envelope.kind === 'proposal') await this.#checkProposal(envelope);
    else if (envelope.kind === 'vote' || envelope.kind === 'vote-array')
      power = await this.#checkVote({ ...envelope, id });
    else refuse(`messages of the type ${envelope.kind} are not taken here`);

    const wire = wireEnvelope(envelope);
    const block = dagJson.encode({ address: wire.address, sig: wire.sig, hash: id, data: wire.data });
    const cid = (await ipfs.putBlock(0x0129, block)).toString();
    const logged: LoggedMessage = { id, ipfs: cid, received: now(), envelope: wire };
    await this.#log.append(logged);
    this.#take(logged, envelope, power);
    this.#options.accepted(
      envelope.kind === 'proposal' ? 'proposal' : 'vote',
      envelope.kind === 'proposal' ? id : (this.#proposalOf(envelope)?.id ?? id),
    );
    return { id, ipfs: cid };
  }

  /** The demo moves the chain's clock, wallets use their own: a message may follow either. */
  #checkClock(timestamp: number): void {
    const wall = Math.floor(Date.now() / 1000);
    const chain = this.#options.now();
    if (timestamp > Math.max(wall, chain) + CLOCK_SKEW) refuse('wrong timestamp: it is in the future');
    if (timestamp < Math.min(wall, chain) - CLOCK_SKEW) refuse('wrong timestamp: it is too old');
  }

  async #checkProposal({ message, address: author }: EnvelopeOf<'proposal'>): Promise<void> {
    const { head, now, power } = this.#options;
    if (!(countedTypes as readonly string[]).includes(message.type)) {
      refuse(`proposals of the type ${message.type} are not counted here; use ${countedTypes.join(', ')}`);
    }
    if (message.title.trim() === '' || message.title.length > 256) refuse('the title needs 1 to 256 characters');
    if (message.body.length > MAX_BODY) refuse(`the body has more than ${MAX_BODY} characters`);
    if (message.choices.length < 2 || message.choices.length > 100) refuse('a proposal needs 2 to 100 choices');
    if (message.choices.some((choice) => choice.trim() === '' || choice.length > 256))
      refuse('a choice needs 1 to 256 characters');
    if (message.type === 'basic' && message.choices.join() !== basicChoices.join()) {
      refuse(`a basic proposal has the choices ${basicChoices.join(', ')}`);
    }
    if (message.privacy !== '') refuse('private votes are not counted here');
    if (message.end <= message.start) refuse('the end must be after the start');
    if (message.end <= now()) refuse('the end is already past');
    if (message.snapshot < 1 || message.snapshot > head()) {
      refuse(`the snapshot must be a mined block: expected 1 to ${head()}, got ${message.snapshot}`);
    }
    const open = [...this.#proposals.values()].filter((one) => one.author === author && this.stateOf(one) !== 'closed');
    if (open.length >= MAX_OPEN_PROPOSALS) {
      refuse(`proposal limit reached: an author has at most ${MAX_OPEN_PROPOSALS} proposals that are not closed`);
    }
    // The newest block is not past yet, and only what is past cannot change any more.
    if ((await power(message.from as Address, Math.min(message.snapshot, head() - 1))) === 0n) {
      refuse('validation failed: the author has no voting power at the snapshot block');
    }
  }

  async #checkVote(envelope: (EnvelopeOf<'vote'> | EnvelopeOf<'vote-array'>) & { id: Hex }): Promise<bigint> {
    const { message, id, kind } = envelope;
    const proposal = this.#proposalOf(envelope);
    if (proposal === undefined) refuse('unknown proposal');
    const { type, choices, start, end, snapshot } = proposal.message;
    const now = this.#options.now();
    if (now < start || now >= end) refuse('not in voting window');
    if (voteKinds[type] !== kind)
      refuse(`invalid choice: a ${type} proposal takes messages of the type ${voteKinds[type]}`);
    try {
      if (backedChoices(type, choices, message.choice).length === 0) refuse('invalid choice: it is empty');
    } catch (error) {
      if (error instanceof GovernanceError) refuse(`invalid choice: ${messageOf(error)}`);
      throw error;
    }
    if (message.reason.length > 1000) refuse('the reason has more than 1000 characters');
    const before = this.#votes.get(proposal.id)?.get(message.from as Address);
    if (before !== undefined && supersedes(before, { created: message.timestamp, id }))
      refuse('already voted at later time');
    if (snapshot >= this.#options.head()) refuse('the snapshot block is the newest one: vote after the next block');
    const power = await this.#options.power(message.from as Address, snapshot);
    if (power === 0n) refuse('no voting power');
    return power;
  }

  #proposalOf(envelope: Envelope): HubProposal | undefined {
    return 'proposal' in envelope.message ? this.#proposals.get(envelope.message.proposal as Hex) : undefined;
  }

  /** Takes an accepted message into memory; `power` is unknown for those read from the log, until they are counted. */
  #take(logged: LoggedMessage, envelope: Envelope, power: bigint | undefined): void {
    const { id, ipfs } = logged;
    this.#seen.add(id);
    if (envelope.kind === 'proposal') {
      const message = envelope.message as HubProposal['message'];
      this.#proposals.set(id, { id, ipfs, author: envelope.address, message });
      return;
    }
    if (envelope.kind !== 'vote' && envelope.kind !== 'vote-array') return;
    const proposal = this.#proposalOf(envelope);
    if (proposal === undefined) return;
    const { message } = envelope;
    const votes = this.#votes.get(proposal.id) ?? new Map<Address, HubVote>();
    this.#votes.set(proposal.id, votes);
    votes.set(envelope.address, {
      id,
      ipfs,
      voter: envelope.address,
      proposal: proposal.id,
      created: message.timestamp,
      choice: message.choice,
      reason: message.reason,
      app: message.app,
      metadata: message.metadata,
      power: power ?? UNKNOWN,
    });
  }

  proposals(): HubProposal[] {
    return [...this.#proposals.values()].sort((a, b) => b.message.timestamp - a.message.timestamp);
  }

  proposal(id: string): HubProposal | undefined {
    return this.#proposals.get(id as Hex);
  }

  stateOf({ message }: HubProposal): 'pending' | 'active' | 'closed' {
    const now = this.#options.now();
    return now < message.start ? 'pending' : now < message.end ? 'active' : 'closed';
  }

  /** Votes of a proposal, the strongest first. */
  async votes(proposal: HubProposal): Promise<HubVote[]> {
    const votes = [...(this.#votes.get(proposal.id)?.values() ?? [])];
    for (const vote of votes) {
      if (vote.power === UNKNOWN) vote.power = await this.#options.power(vote.voter, proposal.message.snapshot);
    }
    return votes.sort((a, b) => (a.power === b.power ? b.created - a.created : a.power < b.power ? 1 : -1));
  }

  countOf(proposal: HubProposal): number {
    return this.#votes.get(proposal.id)?.size ?? 0;
  }

  /** Scores so far; after the end they are counted once more from the chain and then final. */
  async scores(proposal: HubProposal): Promise<HubScores> {
    const final = this.#final.get(proposal.id);
    if (final !== undefined) return final;
    if (this.stateOf(proposal) !== 'closed') return this.#count(proposal, 'pending');
    for (const vote of this.#votes.get(proposal.id)?.values() ?? []) vote.power = UNKNOWN;
    // Whoever asks while it is being counted waits for the same count.
    const counting = this.#count(proposal, 'final');
    this.#final.set(proposal.id, counting);
    counting.catch(() => this.#final.delete(proposal.id));
    return counting;
  }

  async #count(proposal: HubProposal, state: HubScores['state']): Promise<HubScores> {
    const votes = await this.votes(proposal);
    const { scores, total } = tally({
      type: proposal.message.type as ProposalType,
      choices: proposal.message.choices,
      votes: votes.map(({ choice, power }) => ({ choice, power })),
    });
    return { scores, total, state };
  }

  /** Voting power in wei at a block, or at the newest past one. */
  power(address: Address, block = this.#options.head() - 1): Promise<bigint> {
    return this.#options.power(address, block);
  }
}

/** Mark of a vote whose power has not been read from the chain yet. */
const UNKNOWN = -1n;

/** Snapshot's order of two votes of one voter: the later one counts; in the same second, the larger id. */
function supersedes(held: { created: number; id: Hex }, incoming: { created: number; id: Hex }): boolean {
  if (held.created !== incoming.created) return held.created > incoming.created;
  return incoming.id.localeCompare(held.id) <= 0;
}
