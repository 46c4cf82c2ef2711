import { join } from 'node:path';
import { messageId, parseEnvelope, verifyEnvelope, wireEnvelope, isGovernanceError } from '@covey/governance';
import type { Envelope, SnapshotKind } from '@covey/governance';
import * as dagJson from '@ipld/dag-json';
import type { Address, Hex, PublicClient } from 'viem';
import { messageOf } from '../errors.ts';
import type { IpfsNode } from '../ipfs/node.ts';
import { CountingHub } from './counting.ts';
import type { CountingOptions } from './counting.ts';
import { hiddenIn, kindOf, refuse, tooLong } from './kinds/index.ts';
import type { CheckContext } from './kinds/index.ts';
import { MessageLog } from './message-log.ts';
import type { BrokenLine, LoggedMessage } from './message-log.ts';
import type { HubReader } from './types.ts';

export interface HubOptions extends CountingOptions, Pick<CheckContext, 'chainId' | 'isHolder' | 'pluginSpace'> {
  /** Folder of the message log. */
  directory: string;
  ipfs: IpfsNode;
  client: PublicClient;
  /** Accounts that may flag proposals; default: none. */
  moderators?: readonly Address[] | undefined;
  /** Makes sure that `now` and `head` are those of the chain at this moment; gives up rather than wait for long. */
  refresh(): Promise<void>;
  /** Called after a message was accepted; with the proposal that it makes or is about. */
  accepted(kind: SnapshotKind, proposal: Hex | undefined): void;
}

/** Seconds by which a client's clock may be ahead, as on Snapshot's own hub. */
const CLOCK_AHEAD = 300;
/** Seconds that a message may be old, as there: the owners of a wallet that is a contract take days to sign together. */
const MAX_AGE = 3 * 24 * 60 * 60;
const DAY = 24 * 60 * 60;
/** Each is kept for ever. */
const MAX_MESSAGES_A_DAY = 1000;

/** A Snapshot hub for one space: takes signed messages, keeps them durably, counts votes. It holds no key. */
export class Hub extends CountingHub implements HubReader {
  readonly #options: HubOptions;
  readonly #context: CheckContext;
  readonly #log: MessageLog;
  /** Messages of each sender in the chain's present day. */
  #today = { day: 0, counts: new Map<Address, number>() };
  /** Lines of the log that were skipped when it was opened. */
  readonly broken: BrokenLine[] = [];
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: HubOptions) {
    super(options);
    this.#options = options;
    const { space, chainId, moderators = [], now, head, power, isHolder, pluginSpace } = options;
    this.#context = { state: this.state, space, chainId, moderators, now, head, power, isHolder, pluginSpace };
    this.#log = new MessageLog(join(options.directory, 'messages.jsonl'));
  }

  async open(): Promise<void> {
    await this.#log.open(
      (logged, intact) => {
        const envelope = parseEnvelope(logged.envelope);
        if (!intact && messageId(envelope) !== logged.id) throw new Error(`the message ${logged.id} was changed`);
        this.#take(logged, envelope);
      },
      (line) => this.broken.push(line),
    );
  }

  async close(): Promise<void> {
    await this.#queue.catch(() => undefined);
    await this.#log.close();
  }

  /**
   * Checks, keeps and counts one message. Who signed is found out at once, since a contract may take long to say so; from
   * there messages go one after the other, so that rules see all before them.
   */
  async ingest(json: unknown): Promise<{ id: Hex; ipfs: string }> {
    const envelope = await this.#verify(this.#parse(json));
    const next = this.#queue.catch(() => undefined).then(() => this.#ingest(envelope));
    this.#queue = next;
    return next;
  }

  async #ingest({ id, ...envelope }: Envelope & { id: Hex }): Promise<{ id: Hex; ipfs: string }> {
    const { now, ipfs, refresh, accepted } = this.#options;
    await refresh();
    this.#checkClock(envelope.message.timestamp);
    this.#checkAlias(envelope);
    if (this.state.seen.has(id)) refuse('duplicate message');
    const from = envelope.message.from as Address;
    const day = Math.floor(now() / DAY);
    const sentToday = this.#today.day === day ? (this.#today.counts.get(from) ?? 0) : 0;
    if (sentToday >= MAX_MESSAGES_A_DAY)
      refuse(`too many messages: an account writes at most ${MAX_MESSAGES_A_DAY} a day`);
    const { message, address: signer, kind } = envelope;
    const power = (await kindOf(kind).check({ id, signer, from, message }, this.#context)) as bigint | undefined;

    const wire = wireEnvelope(envelope);
    const block = dagJson.encode({ address: wire.address, sig: wire.sig, hash: id, data: wire.data });
    const cid = (await ipfs.putBlock(0x0129, block)).toString();
    const logged: LoggedMessage = { id, ipfs: cid, received: now(), envelope: wire };
    if (power !== undefined) logged.power = power.toString();
    await this.#log.append(logged);
    this.#take(logged, envelope);
    const about = 'proposal' in message ? (message.proposal as Hex) : undefined;
    // Voting may have ended, and been counted, while the message was being written to the disk.
    if (about !== undefined) this.recount(about);
    accepted(kind, kind === 'proposal' ? id : about);
    return { id, ipfs: cid };
  }

  /** Everything about a message that needs nothing but itself. */
  #parse(json: unknown): Envelope {
    let envelope: Envelope;
    try {
      envelope = parseEnvelope(json);
    } catch (error) {
      if (isGovernanceError(error)) refuse(messageOf(error));
      throw error;
    }
    const excess = tooLong(envelope);
    if (excess !== undefined) refuse(excess);
    const hidden = hiddenIn(envelope);
    if (hidden !== undefined) refuse(`wrong format: ${hidden}`);
    const { message } = envelope;
    if ('space' in message && message.space !== this.space) refuse('unknown space');
    return envelope;
  }

  async #verify(envelope: Envelope): Promise<Envelope & { id: Hex }> {
    const { address, kind, message } = envelope;
    const allowAlias = address !== message.from;
    if (allowAlias && !kindOf(kind).alias)
      refuse(`alias not allowed for the type: ${kind}; it was signed by another address`);
    try {
      return await verifyEnvelope({ envelope, publicClient: this.#options.client, allowAlias });
    } catch (error) {
      if (isGovernanceError(error)) refuse(`signature validation failed: ${messageOf(error)}`);
      throw error;
    }
  }

  #checkAlias({ address, message }: Envelope): void {
    if (address === message.from || this.state.isAlias(message.from as Address, address, this.#options.now())) return;
    refuse(`wrong alias: signed by another address, ${address}, which is no alias of ${message.from} now`);
  }

  /** The demo moves the chain's clock, wallets use their own: a message may follow either. */
  #checkClock(timestamp: number): void {
    const wall = Math.floor(Date.now() / 1000);
    const chain = this.#options.now();
    if (timestamp > Math.max(wall, chain) + CLOCK_AHEAD) refuse('wrong timestamp: it is in the future');
    if (timestamp < Math.min(wall, chain) - MAX_AGE) refuse('wrong timestamp: it is too old');
  }

  /** Takes an accepted message into memory. */
  #take({ id, ipfs, received, power }: LoggedMessage, { kind, address, message }: Envelope): void {
    const from = message.from as Address;
    kindOf(kind).apply(
      { id, ipfs, signer: address, from, message, power: power === undefined ? undefined : BigInt(power) },
      this.state,
    );
    this.state.add({
      id,
      ipfs,
      kind,
      address,
      space: 'space' in message ? message.space : '',
      timestamp: message.timestamp,
    });
    const day = Math.floor(received / DAY);
    if (this.#today.day !== day) this.#today = { day, counts: new Map() };
    this.#today.counts.set(from, (this.#today.counts.get(from) ?? 0) + 1);
  }
}
