import { tally } from '@covey/governance';
import type { Address, Hex } from 'viem';
import type { SnapshotState } from '../schema/snapshot.ts';
import { HubState, UNKNOWN_POWER } from './state.ts';
import type {
  HubAlias,
  HubFollow,
  HubMessage,
  HubProfile,
  HubProposal,
  HubReader,
  HubScores,
  HubStatement,
  HubVote,
} from './types.ts';

export interface CountingOptions {
  /** Id of the one space, for instance covey.eth. */
  space: string;
  /** Wei of votes of an address at a past block. */
  power(address: Address, block: number): Promise<bigint>;
  /** The chain's time in seconds. */
  now(): number;
  /** Number of the chain's newest block. */
  head(): number;
}

/** How many powers are asked of the chain at once. */
const PARALLEL = 50;

/** Reads of a space's messages, and the counting of its votes: the same whichever hub took the messages in. */
export class CountingHub implements HubReader {
  readonly #options: CountingOptions;
  readonly #final = new Map<Hex, Promise<HubScores>>();
  /** Scores of votes that go on, good until the next message. */
  readonly #pending = new Map<Hex, { messages: number; scores: Promise<HubScores> }>();
  protected readonly state = new HubState();

  constructor(options: CountingOptions) {
    this.#options = options;
  }

  get space(): string {
    return this.#options.space;
  }

  proposals(): HubProposal[] {
    return newestFirst([...this.state.proposals.values()], ({ message }) => message.timestamp);
  }

  proposal(id: string): HubProposal | undefined {
    return this.state.proposals.get(id as Hex);
  }

  proposalsOf(author: Address): HubProposal[] {
    return this.proposals().filter((proposal) => proposal.author === author);
  }

  stateOf({ message }: HubProposal): SnapshotState {
    const now = this.#options.now();
    return now < message.start ? 'pending' : now <= message.end ? 'active' : 'closed';
  }

  async votes(proposal: HubProposal): Promise<HubVote[]> {
    const votes = [...(this.state.votes.get(proposal.id)?.values() ?? [])];
    await this.#readPowers(votes.filter(({ power }) => power === UNKNOWN_POWER));
    return votes.sort((a, b) => (a.power === b.power ? b.created - a.created : a.power < b.power ? 1 : -1));
  }

  async votesOf(voter: Address): Promise<HubVote[]> {
    const votes = [...this.state.votes.values()].flatMap((cast) => cast.get(voter) ?? []);
    await this.#readPowers(votes.filter(({ power }) => power === UNKNOWN_POWER));
    return newestFirst(votes, ({ created }) => created);
  }

  countOf(proposal: HubProposal): number {
    return this.state.votes.get(proposal.id)?.size ?? 0;
  }

  /** Scores so far; after the end they are counted once more from the chain and then final. */
  async scores(proposal: HubProposal): Promise<HubScores> {
    const final = this.#final.get(proposal.id);
    if (final !== undefined) return final;
    if (this.stateOf(proposal) !== 'closed') {
      const held = this.#pending.get(proposal.id);
      const messages = this.state.messages.length;
      if (held?.messages === messages) return held.scores;
      const scores = this.#count(proposal, 'pending');
      this.#pending.set(proposal.id, { messages, scores });
      scores.catch(() => this.#pending.delete(proposal.id));
      return scores;
    }
    this.#pending.delete(proposal.id);
    // Whoever asks while it is being counted waits for the same count.
    const counting = this.#readPowers([...(this.state.votes.get(proposal.id)?.values() ?? [])]).then(() =>
      this.#count(proposal, 'final'),
    );
    this.#final.set(proposal.id, counting);
    counting.catch(() => this.#final.delete(proposal.id));
    return counting;
  }

  power(address: Address, block = this.#options.head() - 1): Promise<bigint> {
    return this.#options.power(address, block);
  }

  statements(): HubStatement[] {
    return newestFirst([...this.state.statements.values()], ({ updated }) => updated);
  }

  statementOf(delegate: Address): HubStatement | undefined {
    return this.statements().find((statement) => statement.delegate === delegate);
  }

  profile(address: Address): HubProfile | undefined {
    return this.state.profiles.get(address);
  }

  profiles(): HubProfile[] {
    return newestFirst([...this.state.profiles.values()], ({ created }) => created);
  }

  aliasesOf(address: Address): HubAlias[] {
    const now = this.#options.now();
    return this.aliases().filter((alias) => alias.address === address && now < alias.expires);
  }

  aliases(): HubAlias[] {
    return newestFirst([...this.state.aliases.values()], ({ created }) => created);
  }

  follows(): HubFollow[] {
    return newestFirst([...this.state.follows.values()], ({ created }) => created);
  }

  subscriptions(): HubFollow[] {
    return newestFirst([...this.state.subscriptions.values()], ({ created }) => created);
  }

  messages(): readonly HubMessage[] {
    return this.state.messages;
  }

  /** Forgets what was counted as final before a message that came late. */
  protected recount(proposal: Hex): void {
    this.#final.delete(proposal);
  }

  async #readPowers(votes: readonly HubVote[]): Promise<void> {
    for (let from = 0; from < votes.length; from += PARALLEL) {
      const asked = votes.slice(from, from + PARALLEL).map(async (vote) => {
        const snapshot = this.proposal(vote.proposal)?.message.snapshot;
        vote.power = snapshot === undefined ? 0n : await this.#options.power(vote.voter, snapshot);
      });
      await Promise.all(asked);
    }
  }

  async #count(proposal: HubProposal, state: HubScores['state']): Promise<HubScores> {
    const { type, choices } = proposal.message;
    const { scores, total } = tally({ type, choices, votes: await this.votes(proposal) });
    return { scores, total, state };
  }
}

const newestFirst = <T>(items: T[], time: (item: T) => number): T[] => items.sort((a, b) => time(b) - time(a));
