import { fetchBlock, queryHub, readMessage, isGovernanceError } from '@covey/governance';
import type { Envelope } from '@covey/governance';
import type { Address, Hex, PublicClient } from 'viem';
import { CID } from 'multiformats/cid';
import { z } from 'zod';
import { messageOf } from '../errors.ts';
import type { IpfsNode } from '../ipfs/node.ts';
import { CountingHub } from './counting.ts';
import type { CountingOptions } from './counting.ts';
import { kindOf } from './kinds/index.ts';

export interface FollowedHubOptions extends CountingOptions {
  /** URL of the hub's GraphQL endpoint. */
  graphql: string;
  /** Base URL of a trustless gateway that has the hub's messages, without `/ipfs`. */
  gateway: string;
  /** Where the messages are kept too, so that they outlive the hub. */
  ipfs: IpfsNode;
  client: PublicClient;
  /** Milliseconds between two looks at the hub. */
  pollMs: number;
  logger: { warn(details: object, message: string): void };
  /** Called after new messages were taken in; with the proposals that they are about. */
  changed(proposals: Hex[]): void;
}

const PAGE = 1000;
/** How often a message is looked for that the hub names and no gateway has, before it is left out. */
const MAX_ATTEMPTS = 20;

const id = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value));
const rowSchema = z.object({ id, ipfs: z.string() });
const feedSchema = z.object({ messages: z.array(rowSchema.extend({ mci: z.number() })) });
const aliasesSchema = z.object({ aliases: z.array(rowSchema) });
const usersSchema = z.object({ users: z.array(z.object({ id: z.string(), ipfs: z.string().nullish() })) });

const feedQuery = `query ($space: String, $after: Int, $first: Int) {
  messages(first: $first, where: { space: $space, mci_gt: $after }, orderBy: "mci", orderDirection: asc) { mci id ipfs }
}`;
const aliasesQuery = `query ($address: String, $alias: String) {
  aliases(first: 1000, where: { address: $address, alias: $alias }, orderBy: "created", orderDirection: asc) { id ipfs }
}`;
const usersQuery = `query ($addresses: [String]) { users(first: 1000, where: { id_in: $addresses }) { id ipfs } }`;

type Verified = Awaited<ReturnType<typeof readMessage>>;

/**
 * A space on somebody else's hub. The hub is asked only which messages there are: each is read by its CID, its digest
 * and signature are checked here, and votes are counted here with power read from the chain. What cannot be verified does
 * not count; so an outside hub can withhold messages, and invent none.
 */
export class FollowedHub extends CountingHub {
  readonly #options: FollowedHubOptions;
  /** The hub's number of the last message that was taken in or left out. */
  #after = 0;
  #attempts = 0;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #closed = false;

  constructor(options: FollowedHubOptions) {
    super(options);
    this.#options = options;
  }

  /** Starts to follow; does not wait, since the hub may be unreachable. */
  start(): void {
    const again = () => {
      void this.look()
        .catch((error: unknown) =>
          this.#options.logger.warn({ reason: messageOf(error), hub: this.#options.graphql }, 'the outside hub fails'),
        )
        .then(() => {
          if (!this.#closed) this.#timer = setTimeout(again, this.#options.pollMs);
        });
    };
    again();
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    await this.#looking?.catch(() => undefined);
  }

  /** Takes in what the hub has now. Whoever asks meanwhile waits for the same look. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(): Promise<void> {
    const { graphql, space } = this.#options;
    for (;;) {
      const answer = await queryHub(graphql, feedQuery, { space, after: this.#after, first: PAGE });
      const { messages } = feedSchema.parse(answer);
      const touched = new Set<Hex>();
      try {
        for (const { mci, id, ipfs } of messages) {
          if (this.#closed) return;
          const about = await this.#takeIn({ id, cid: ipfs });
          for (const proposal of about) touched.add(proposal);
          this.#after = mci;
          this.#attempts = 0;
        }
      } finally {
        if (touched.size > 0) this.#options.changed([...touched]);
      }
      if (messages.length < PAGE) return;
    }
  }

  /** Gives the proposal that the message makes or is about. Throws when the message cannot be had for now. */
  async #takeIn(place: { id: Hex; cid: string }): Promise<Hex[]> {
    if (this.state.seen.has(place.id)) return [];
    try {
      const verified = await this.#read(place);
      const { address, message } = verified;
      const from = message.from as Address;
      if ('space' in message && message.space !== this.space) throw new Error('it is for another space');
      if (address !== from && !(await this.#isAlias(verified))) throw new Error('who signed is no alias of the sender');
      this.#apply(verified, place.cid);
      if (verified.kind === 'statement') await this.#takeProfile(from);
      const about =
        verified.kind === 'proposal' ? place.id : 'proposal' in message ? (message.proposal as Hex) : undefined;
      if (about !== undefined) this.recount(about);
      return about === undefined ? [] : [about];
    } catch (error) {
      const unreachable = isGovernanceError(error) && error.code === 'GOV_HUB_UNREACHABLE';
      this.#attempts += 1;
      // Later messages may rest on this one, so they wait for it, but not for ever.
      if (unreachable && this.#attempts < MAX_ATTEMPTS) throw error;
      this.#options.logger.warn({ ...place, reason: messageOf(error) }, 'a message of the outside hub does not count');
      return [];
    }
  }

  async #read({ id, cid }: { id: Hex | undefined; cid: string }): Promise<Verified> {
    const { ipfs, gateway, client } = this.#options;
    const own = CID.parse(cid);
    const held = await ipfs.blocks.has(own);
    const bytes = held ? await ipfs.blocks.getBytes(own) : await fetchBlock(gateway, cid);
    const source = { ipfs: () => Promise.resolve(bytes), publicClient: client };
    const verified = await readMessage(source, { id, cid, allowAlias: true });
    if (!held) await ipfs.putBlock(own.code, bytes);
    return verified;
  }

  /** The hub says where the alias message is, and that message says whether it is one. */
  async #isAlias({ address, message, kind }: Verified): Promise<boolean> {
    const from = message.from as Address;
    if (!kindOf(kind).alias) return false;
    if (!this.state.isAlias(from, address, message.timestamp)) {
      const answer = await queryHub(this.#options.graphql, aliasesQuery, { address: from, alias: address });
      for (const { id, ipfs } of aliasesSchema.parse(answer).aliases) await this.#takeLinked('alias', from, id, ipfs);
    }
    return this.state.isAlias(from, address, message.timestamp);
  }

  async #takeProfile(address: Address): Promise<void> {
    const answer = await queryHub(this.#options.graphql, usersQuery, { addresses: [address] });
    for (const { ipfs } of usersSchema.parse(answer).users)
      if (ipfs != null && ipfs !== '') await this.#takeLinked('profile', address, undefined, ipfs);
  }

  /** Messages that are of no space, and so in no space's feed. */
  async #takeLinked(kind: 'alias' | 'profile', from: Address, id: Hex | undefined, cid: string): Promise<void> {
    if (id !== undefined && this.state.seen.has(id)) return;
    const verified = await this.#read({ id, cid });
    if (verified.kind === kind && verified.message.from === from && verified.address === from)
      this.#apply(verified, cid);
  }

  #apply(verified: Verified, ipfs: string): void {
    const { id, kind, address, message } = verified as Envelope & { id: Hex };
    if (this.state.seen.has(id)) return;
    const from = message.from as Address;
    kindOf(kind).apply({ id, ipfs, signer: address, from, message }, this.state);
    const space = 'space' in message ? message.space : '';
    this.state.add({ id, ipfs, kind, address, space, timestamp: message.timestamp });
  }
}
