import { isCoveyError } from '@covey/errors';
import { encodeRequest, isPaidRefusal, priceOf, type InferenceRequest } from '@covey/protocol/inference';
import type { Core } from '@covey/wasm-core';
import type { Deployment } from '@covey/contracts/abi';
import { zeroHash, type Address, type Hex } from 'viem';
import { z } from 'zod';
import { clientError, isClientError } from '../errors.ts';
import type { ContentReader } from '../content/content-store.ts';
import type { ServingHost } from './hosts.ts';
import type { HostAccount, Payer } from './payer.ts';
import { proveAnswer, type ProvenAnswer } from './proof.ts';
import { fetchInferenceModel, replayAnswer, type WrongAnswer } from './replay.ts';
import { HostRefused, callHost, type TransportOptions } from './transport.ts';

export interface InferenceClientParameters {
  deployment: Pick<Deployment, 'chainId' | 'hostRegistry'>;
  /** The core that answers must come from: what the DAO approved, or the caller's own. */
  scorer: Hex;
  /** Null: hosts that answer for nothing are asked. */
  payer: Payer | null;
  /** Wei that one answer may cost. Default: no bound but the offers' prices. */
  maxPrice?: bigint | undefined;
  /** Milliseconds for an answer. Default 60,000. */
  timeoutMs?: number;
  insecure?: boolean;
  fetch?: typeof fetch;
  /** Computes a part of the answers again: `share` of 1 is all of them. `random` from 0 to 1. */
  check?: { core: Core; reader: ContentReader; share: number; random?: () => number } | undefined;
  /** What a host did that another was asked for. */
  onFailure?: (failure: {
    host: Address;
    code: string;
    message: string;
    wrong?: WrongAnswer;
    proven?: ProvenAnswer;
  }) => void;
}

/** A request whose model is whichever host's that is asked. */
export type Question = InferenceRequest extends infer R
  ? R extends InferenceRequest
    ? Omit<R, 'schema' | 'model' | 'network'>
    : never
  : never;

export interface AskOptions {
  signal?: AbortSignal | undefined;
  /** Tokens as they come. After a failure the next host says them again: each is told once. */
  onTokens?: ((tokens: number[]) => void) | undefined;
}

/** What a host says of a channel. */
const accountSchema = z.object({
  due: z.string().regex(/^\d{1,39}$/),
  voucher: z
    .object({
      amount: z.string().regex(/^\d{1,39}$/),
      signature: z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{130}$/.test(value)),
    })
    .nullable(),
});

/** Refusals after which the next host is asked: all but what is wrong with the question itself. */
const ofTheQuestion = new Set(['REQUEST_INVALID', 'PROTOCOL_INVALID_REQUEST', 'PROTOCOL_NO_EMBEDDING']);

/** Asks hosts: pays, checks hashes and signatures, computes samples again, and goes on to the next host where one fails. */
export class InferenceClient {
  readonly #p: InferenceClientParameters;
  readonly #transport: TransportOptions;
  /** Hosts that asked for more than their price: they are not asked again. */
  readonly #dear = new Set<Address>();

  constructor(parameters: InferenceClientParameters) {
    this.#p = parameters;
    const { timeoutMs = 60_000, insecure = false, fetch: own } = parameters;
    this.#transport = { timeoutMs, insecure, fetch: own ?? ((...args) => fetch(...args)) };
  }

  /** The first answer that holds. HOST_NONE where no host gave one; its cause is the last failure. */
  async ask(hosts: readonly ServingHost[], question: Question, options: AskOptions = {}): Promise<ProvenAnswer> {
    const said = new Said(options.onTokens);
    let last: unknown;
    for (const host of hosts.filter(({ node }) => !this.#dear.has(node))) {
      try {
        said.begin();
        return await this.askHost(
          host,
          question,
          options.onTokens ? { ...options, onTokens: (tokens) => said.take(tokens) } : options,
        );
      } catch (error) {
        options.signal?.throwIfAborted();
        if (isClientError(error, 'HOST_REFUSED') && ofTheQuestion.has(error.upstream ?? '')) throw error;
        if (!isCoveyError(error)) throw error;
        if (isClientError(error, 'HOST_OVERCHARGES')) this.#dear.add(host.node);
        last = error;
        // A replay that differs told of it itself.
        if (!isClientError(error, 'HOST_WRONG_ANSWER')) this.#failed(host, error.code, error.message);
      }
    }
    throw clientError('HOST_NONE', 'No host gave an answer.', {
      expected: hosts.length === 0 ? 'a host that serves the model' : `one of ${hosts.length} hosts`,
      got: isCoveyError(last) ? `${last.code}: ${last.shortMessage}` : 'none that serves it',
      cause: last,
    });
  }

  /** Asks this host alone. */
  async askHost(host: ServingHost, question: Question, options: AskOptions = {}): Promise<ProvenAnswer> {
    const { model, network } = host.model;
    const request = { schema: 'covey.request/1', model, network, ...question } as InferenceRequest;
    const price = this.#p.payer ? priceOf(host.model, request) : 0n;
    const { maxPrice } = this.#p;
    if (maxPrice !== undefined && price > maxPrice)
      throw clientError('HOST_TOO_DEAR', 'The answer costs more than the caller allows.', {
        expected: `at most ${maxPrice}`,
        got: String(price),
      });
    const proven = await this.#paidAnswer(host, request, price, options, true);
    await this.#check(host, proven);
    return proven;
  }

  async #paidAnswer(
    host: ServingHost,
    request: InferenceRequest,
    price: bigint,
    options: AskOptions,
    mayRetry: boolean,
  ): Promise<ProvenAnswer> {
    const { payer, deployment, scorer } = this.#p;
    const paid = payer && (await payer.pay(host.node, price));
    const channel = paid?.channel ?? zeroHash;
    const { onTokens } = options;
    let isSaid = false;
    const tell = (tokens: number[]) => {
      isSaid = true;
      onTokens?.(tokens);
    };
    try {
      const proof = await this.#call(host, request, paid?.header, { ...options, ...(onTokens && { onTokens: tell }) });
      paid?.answered();
      const { node, signer } = host;
      return await proveAnswer(proof, { deployment, host: node, signer, scorer, channel, request, price });
    } catch (error) {
      if (!(error instanceof HostRefused)) throw error;
      const { code, message, status } = error.refusal;
      if (!isSaid && !isPaidRefusal(code)) await paid?.takeBack();
      if (code !== 'PAYMENT_REQUIRED' || !payer) {
        throw clientError('HOST_REFUSED', `The host refused: ${message}`, {
          got: `HTTP ${status} ${code}`,
          upstream: code,
        });
      }
      if (!mayRetry)
        throw clientError('HOST_OVERCHARGES', 'The host asks for more than its price.', { expected: String(price) });
      await payer.settle(host.node, await this.#account(host, await payer.identify(host.node)));
      return await this.#paidAnswer(host, request, price, options, false);
    }
  }

  async #call(
    host: ServingHost,
    request: InferenceRequest,
    voucher: string | undefined,
    options: AskOptions,
  ): Promise<unknown> {
    const { signal, onTokens } = options;
    const isStream = onTokens !== undefined && request.kind === 'generate';
    const call = { endpoint: host.endpoint, path: '/v1/answers', body: encodeRequest(request), voucher, signal };
    let proof: unknown;
    // A host may say more than was asked of it: nobody hears that.
    let left = request.kind === 'generate' ? request.length : 0;
    for await (const value of callHost(call, this.#transport, isStream)) {
      // Any JSON at all may come, and null has no fields.
      const { covey, tokens } = (value ?? {}) as { covey?: unknown; tokens?: unknown };
      if (covey !== undefined) proof = covey;
      else if (Array.isArray(tokens) && tokens.length <= left && tokens.every(isToken)) {
        left -= tokens.length;
        onTokens?.(tokens);
      }
    }
    return proof;
  }

  async #account(host: ServingHost, own: { channel: Hex; header: string }): Promise<HostAccount> {
    const { channel, header: voucher } = own;
    const call = { endpoint: host.endpoint, path: `/v1/channels/${channel}`, voucher };
    for await (const value of callHost(call, this.#transport, false)) {
      const parsed = accountSchema.safeParse(value);
      if (!parsed.success) break;
      const { due, voucher: held } = parsed.data;
      return {
        due: BigInt(due),
        voucher: held && { channel, amount: BigInt(held.amount), signature: held.signature },
      };
    }
    throw clientError('HOST_ANSWER_INVALID', 'The host does not say what the channel owes.');
  }

  async #check(host: ServingHost, proven: ProvenAnswer): Promise<void> {
    const { check } = this.#p;
    if (!check || (check.random ?? Math.random)() >= check.share) return;
    const wrong = replayAnswer(check.core, await fetchInferenceModel(check.reader, proven.request), proven);
    if (!wrong) return;
    const message = 'The host’s answer differs from what its model gives.';
    this.#failed(host, 'HOST_WRONG_ANSWER', message, { wrong, proven });
    throw clientError('HOST_WRONG_ANSWER', message, { expected: wrong.output, got: proven.signed.output });
  }

  #failed(
    host: ServingHost,
    code: string,
    message: string,
    found: { wrong?: WrongAnswer; proven?: ProvenAnswer } = {},
  ) {
    this.#p.onFailure?.({ host: host.node, code, message, ...found });
  }
}

const isToken = (token: unknown): token is number => Number.isSafeInteger(token) && Number(token) >= 0;

/** Tokens that several hosts say one after the other: all say the same, and each place is told once. */
class Said {
  readonly #tell: ((tokens: number[]) => void) | undefined;
  #told = 0;
  #place = 0;

  constructor(tell: ((tokens: number[]) => void) | undefined) {
    this.#tell = tell;
  }

  begin(): void {
    this.#place = 0;
  }

  take(tokens: number[]): void {
    const fresh = tokens.slice(Math.max(0, this.#told - this.#place));
    this.#place += tokens.length;
    if (fresh.length === 0) return;
    this.#told = this.#place;
    this.#tell?.(fresh);
  }
}
