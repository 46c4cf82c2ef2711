import type { Deployment } from '@covey/contracts/abi';
import { cidToChain } from '@covey/protocol';
import {
  answerHash,
  digestOf,
  encodeRequest,
  isPaidRefusal,
  priceOf,
  unitsOf,
  type InferenceRequest,
  type Offer,
  type SignedAnswer,
} from '@covey/protocol/inference';
import { zeroHash, type Hex } from 'viem';
import { nodeError } from '../errors.ts';
import type { ComputePool } from './compute/compute-pool.ts';
import type { ServedModel } from './models.ts';
import { signHash } from './till/recover.ts';
import type { Till } from './till/till.ts';
import type { SignedVoucher } from './till/voucher-log.ts';

/** An answer as it leaves the host: both documents, and the signature over their digests. */
export interface Served {
  request: Uint8Array;
  document: Uint8Array;
  signed: SignedAnswer;
  signature: Hex;
  /** Wei that this answer costs, and that the channel owes with it. */
  price: bigint;
  due: bigint;
}

/** What was answered, for logs and metrics; `together` counts the requests that were computed at once. */
export interface Answered extends Served {
  kind: InferenceRequest['kind'];
  name: string;
  seconds: number;
  together: number;
}

export interface AnswersParameters {
  deployment: Pick<Deployment, 'chainId' | 'hostRegistry'>;
  /** The key that the registry names as the host's signer. */
  signingKey: Hex;
  scorer: Hex;
  offer: Offer;
  models: readonly ServedModel[];
  pool: ComputePool;
  /** Null: answers are free. */
  till: Till | null;
  onAnswer: (answered: Answered) => void;
}

export interface Asking {
  voucher: SignedVoucher | null;
  signal: AbortSignal;
  onTokens?: (tokens: number[]) => void;
}

/** Takes the voucher, has the answer computed, signs it. */
export class Answers {
  readonly #p: AnswersParameters;
  readonly #names: ReadonlyMap<string, ServedModel>;
  readonly #cids: ReadonlyMap<string, ServedModel>;
  #open = 0;
  /** Seconds that an answer took of late, smoothed. */
  #pace = 0.1;
  /** Begins at the microsecond, so that no nonce is used twice over restarts. */
  #nonce = BigInt(Date.now()) * 1000n;
  isStopping = false;

  constructor(parameters: AnswersParameters) {
    this.#p = parameters;
    this.#names = new Map(parameters.models.map((model) => [model.offered.name, model]));
    this.#cids = new Map(parameters.models.map((model) => [model.offered.model, model]));
  }

  get offer(): Offer {
    return this.#p.offer;
  }

  get scorer(): Hex {
    return this.#p.scorer;
  }

  get isFree(): boolean {
    return this.#p.till === null;
  }

  /** Requests that wait or are computed. */
  get open(): number {
    return this.#open;
  }

  /** Seconds after which another try is worth it. */
  get retryAfter(): number {
    return Math.max(1, Math.min(60, Math.ceil(this.#pace)));
  }

  /** By its name, or the CID of its weights. */
  model(name: string): ServedModel {
    const model = this.#names.get(name) ?? this.#cids.get(name);
    if (model) return model;
    throw nodeError('MODEL_NOT_SERVED', 'This host does not serve the model.', {
      expected: [...this.#names.keys()].slice(0, 16).join(', '),
      got: name.slice(0, 128),
    });
  }

  price(request: InferenceRequest): bigint {
    return priceOf(this.#fitting(request).offered, request);
  }

  /** Tokens or rows that the model is run over for it. */
  units(request: InferenceRequest): number {
    return unitsOf(request, this.#fitting(request).offered.window);
  }

  async answer(request: InferenceRequest, { voucher, signal, onTokens }: Asking): Promise<Served> {
    if (this.isStopping) throw nodeError('HOST_STOPPING', 'The host is stopping.');
    const { limits } = this.offer;
    const { offered } = this.#fitting(request);
    const bytes = encodeRequest(request);
    if (bytes.length > limits.requestBytes)
      throw nodeError('REQUEST_TOO_LARGE', 'The request document is too large.', {
        expected: `at most ${limits.requestBytes} bytes`,
        got: `${bytes.length} bytes`,
      });
    if (this.#open >= limits.queue)
      throw nodeError('HOST_BUSY', 'The host has as many requests as it takes.', {
        expected: `at most ${limits.queue} at once`,
        hint: `Try again in ${this.retryAfter} s, or ask another host.`,
      });
    this.#open++;
    const began = performance.now();
    try {
      const price = priceOf(offered, request);
      const payment = await this.#pay(voucher, price);
      let isSaid = false;
      const tell = (tokens: number[]) => {
        isSaid = true;
        onTokens?.(tokens);
      };
      try {
        const { document, together } = await this.#p.pool.ask(request, { signal, ...(onTokens && { onTokens: tell }) });
        const channel = payment?.channel ?? zeroHash;
        const served = this.#sign({ offered: offered.model, bytes, document, channel, price });
        const seconds = (performance.now() - began) / 1000;
        this.#pace += (seconds - this.#pace) / 16;
        this.#p.onAnswer({ ...served, kind: request.kind, name: offered.name, seconds, together });
        return served;
      } catch (error) {
        // Who hangs up pays, and so does who was told tokens or asked for too much: what was computed is not given back.
        const { code } = error as { code?: unknown };
        // A disk that fails now is told of by the next voucher: why there is no answer is what the caller has to hear.
        if (!signal.aborted && !isSaid && !isPaidRefusal(String(code)))
          await payment?.giveBack().catch(() => undefined);
        throw error;
      }
    } finally {
      this.#open--;
    }
  }

  async #pay(voucher: SignedVoucher | null, price: bigint) {
    const { till } = this.#p;
    if (!till) return null;
    if (voucher) return await till.take(voucher, price);
    throw nodeError('PAYMENT_REQUIRED', 'This host answers for a voucher.', {
      expected: `the header covey-voucher, for ${price} more than the channel owes`,
    });
  }

  #fitting(request: InferenceRequest): ServedModel {
    const model = this.model(request.model);
    const { tokens } = this.offer.limits;
    if (model.offered.network !== request.network)
      throw nodeError('MODEL_NOT_SERVED', 'The model has another network here.', {
        expected: model.offered.network,
        got: request.network,
      });
    if (request.kind === 'generate' && request.length > tokens)
      throw nodeError('REQUEST_INVALID', 'The request asks for too many tokens.', {
        expected: `at most ${tokens}`,
        got: String(request.length),
      });
    return model;
  }

  #sign(given: { offered: string; bytes: Uint8Array; document: Uint8Array; channel: Hex; price: bigint }): Served {
    const { bytes: request, document, channel, price } = given;
    const signed: SignedAnswer = {
      model: cidToChain(given.offered).digest,
      scorer: this.#p.scorer,
      input: digestOf(request),
      output: digestOf(document),
      channel,
      nonce: this.#nonce++,
    };
    const signature = signHash(answerHash(this.#p.deployment, signed), this.#p.signingKey);
    return { request, document, signed, signature, price, due: this.#p.till?.due(channel) ?? 0n };
  }
}
