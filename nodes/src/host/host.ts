import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chainTime, type ContentReader, type CoveyWriter } from '@covey/client';
import { readChannel, readHost } from '@covey/client/inference';
import { documentCid } from '@covey/protocol';
import { encodeOffer, type InferenceRequest, type Offer } from '@covey/protocol/inference';
import { isAddressEqual, type Address, type Hex } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import type { FastifyInstance } from 'fastify';
import { poll, type RunOptions } from '../daemon/poll.ts';
import { nodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import { AnswerLog } from './answer-log.ts';
import { Answers, type Answered } from './answers.ts';
import { ComputePool } from './compute/compute-pool.ts';
import { hostApp } from './http/app.ts';
import { DeskClerk } from './desk/desk-clerk.ts';
import { DeskMemory } from './desk/desk-memory.ts';
import { loadModels } from './models.ts';
import { ChannelBook } from './till/channel-book.ts';
import { redeemBest } from './till/redeem.ts';
import { Till } from './till/till.ts';
import { VoucherLog } from './till/voucher-log.ts';

export interface HostParameters {
  covey: CoveyWriter;
  reader: ContentReader;
  onEvent: OnEvent;
  offer: Offer;
  /** The core that answers, and its hash. */
  wasm: Uint8Array;
  scorer: Hex;
  /** Signs answers; the registry names its address. */
  signingKey: Hex;
  /** Whose host it is. Default: the sender. */
  node?: Address | undefined;
  /** Vouchers and the log of answers. */
  stateDir: string;
  /** Where it listens; port 0 is any free one. */
  listen: { host: string; port: number };
  /** Answers for nothing, enlisted or not. */
  free?: boolean;
  /** Takes vouchers that contracts sign (ERC-1271): they can disown them until they are redeemed. */
  contractSigners?: boolean;
  /** Answers what contracts ask at the desk, too, where their callback takes at most so much gas. */
  desk?: { maxCallbackGas: number } | undefined;
  threads?: number;
  /** Milliseconds of one answer; between two redemptions. */
  maxMs?: number;
  redeemMs?: number;
  /** Bytes of answers that are kept for audits; 0 keeps none. */
  keepBytes?: number;
}

/** Milliseconds between two looks at channels that are being closed; of an answer under way when the host stops. */
const CLOSING_MS = 60_000;
const STOP_MS = 4_000;
/** Signers that are remembered as no contracts. */
const MOST_KEYS = 10_000;

/** Serves models: answers by HTTP, takes vouchers for it, and redeems them. */
export class Host {
  readonly #p: HostParameters;
  readonly #keys = new Set<Address>();

  constructor(parameters: HostParameters) {
    this.#p = parameters;
  }

  async run({ signal, pollMs = 1_000 }: RunOptions = {}): Promise<void> {
    const { covey, onEvent, offer, free = false, node = covey.sender.address } = this.#p;
    const signer = privateKeyToAddress(this.#p.signingKey);
    const cid = documentCid(encodeOffer(offer));
    if (!free) await this.#requireEnlisted(node, signer, cid);
    const models = await loadModels(this.#p.reader, offer);
    const log = await VoucherLog.open(join(this.#p.stateDir, 'host', 'vouchers.jsonl'));
    const book = new ChannelBook(
      (id) => readChannel(covey, id),
      (id) => log.best(id) !== undefined,
    );
    const kept = await this.#answerLog();
    const { wasm, scorer, threads = 1, maxMs = 120_000, contractSigners = false } = this.#p;
    const pool = new ComputePool({
      ...{ wasm, scorer, threads, maxMs },
      models: models.map(({ offered, architecture, parameters }) => [offered.model, { architecture, parameters }]),
    });
    const clock = { now: Number(await chainTime(covey)) };
    const till = free
      ? null
      : new Till({
          ...{ host: node, deployment: covey.deployment, book, log },
          now: () => clock.now,
          signedByContract: contractSigners
            ? (address, hash, signature) => this.#signedByContract(address, hash, signature)
            : null,
        });
    const onAnswer = (answered: Answered) => {
      kept?.add(answered, node);
      onEvent(eventOf(answered));
    };
    const answers = new Answers({
      ...{ deployment: covey.deployment, signingKey: this.#p.signingKey, scorer, offer, models, pool, till, onAnswer },
    });
    const onRefused = (status: number, code: string) => onEvent({ event: 'turned-away', status, code });
    const app = await hostApp({ answers, host: node, signer, offer: cid, till, onRefused });
    try {
      const url = await listen(app, this.#p.listen);
      onEvent({ event: 'started', role: 'host', address: node });
      onEvent({ event: 'host-serving', url, models: models.length, free });
      const parameters = { covey, book, log, onEvent };
      const { redeemMs = 3_600_000 } = this.#p;
      const due = { all: performance.now() + redeemMs, closing: performance.now() };
      const tick = async () => {
        clock.now = Number(await chainTime(covey));
        const now = performance.now();
        if (now < due.all && now < due.closing) return;
        const which = now >= due.all ? 'all' : 'closing';
        due.closing = now + CLOSING_MS;
        if (which === 'all') due.all = now + redeemMs;
        await redeemBest(parameters, which);
      };
      const options = { ...(signal && { signal }), pollMs, onEvent };
      await Promise.all([
        poll(free ? () => Promise.resolve() : tick, options),
        this.#desk(node, (request, signal) => pool.ask(request, { signal }), options),
      ]);
      answers.isStopping = true;
      for (const end = performance.now() + STOP_MS; answers.open > 0 && performance.now() < end;) await sleep(20);
    } finally {
      app.server.closeAllConnections();
      await app.close();
      await pool.close();
      await kept?.close();
    }
    try {
      // What is not redeemed now is on the disk for the next start.
      if (!free) await redeemBest({ covey, book, log, onEvent }, 'all');
    } finally {
      await log.close();
    }
    onEvent({ event: 'stopped', role: 'host', address: node });
  }

  /** The desk is looked at beside the rest: what it asks may take long. */
  async #desk(
    node: Address,
    ask: (request: InferenceRequest, signal: AbortSignal | undefined) => Promise<{ document: Uint8Array }>,
    options: RunOptions & { onEvent: OnEvent },
  ): Promise<void> {
    const { desk, covey, reader, offer, scorer, onEvent, stateDir } = this.#p;
    if (!desk) return;
    // What a clerk passes over depends on all of it.
    const terms = [covey.deployment.inferenceDesk, node, documentCid(encodeOffer(offer)), scorer, desk.maxCallbackGas];
    const memory = new DeskMemory(join(stateDir, 'host', 'desk.json'), terms.join('/'));
    const compute = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).document;
    const clerk = new DeskClerk({ ...{ covey, node, reader, offer, scorer, compute, onEvent, memory }, ...desk });
    await poll((signal) => clerk.look(signal), options);
  }

  async #answerLog(): Promise<AnswerLog | null> {
    const { keepBytes = 64 * 2 ** 20, stateDir } = this.#p;
    return keepBytes > 0 ? await AnswerLog.open(join(stateDir, 'host', 'answers.jsonl'), keepBytes) : null;
  }

  /** What clients will read on chain is what is served here. */
  async #requireEnlisted(node: Address, signer: Address, offer: string): Promise<void> {
    const host = await readHost(this.#p.covey, node);
    if (host?.state !== 'enlisted')
      throw nodeError('HOST_NOT_ENLISTED', 'The node is not enlisted as a host.', { got: node });
    if (!isAddressEqual(host.signer, signer))
      throw nodeError('HOST_NOT_ENLISTED', 'The registry names another signer.', {
        expected: host.signer,
        got: signer,
      });
    if (host.offer !== offer)
      throw nodeError('HOST_NOT_ENLISTED', 'The registry names another offer.', { expected: host.offer, got: offer });
  }

  /** Keys are told from contracts once in a while: who sends what nobody signed makes no calls with each. */
  async #signedByContract(address: Address, hash: Hex, signature: Hex): Promise<boolean> {
    const { publicClient } = this.#p.covey;
    if (this.#keys.has(address)) return false;
    const code = await publicClient.getCode({ address });
    if (code !== undefined && code !== '0x') return await publicClient.verifyHash({ address, hash, signature });
    if (this.#keys.size >= MOST_KEYS) this.#keys.clear();
    this.#keys.add(address);
    return false;
  }
}

async function listen(app: FastifyInstance, at: { host: string; port: number }): Promise<string> {
  try {
    return await app.listen(at);
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `The host cannot listen on ${at.host}:${at.port}.`, {
      got: cause instanceof Error ? cause.message : String(cause),
      cause,
    });
  }
}

const eventOf = ({ kind, name, seconds, together, price, signed }: Answered) =>
  ({ event: 'answered', kind, model: name, seconds, together, price, channel: signed.channel }) as const;
