import { BaseError, HttpRequestError, http, RpcRequestError } from 'viem';
import { clientError } from '../errors.ts';

export interface EndpointOptions {
  /** Milliseconds for one request. Default 20,000; 8,000 where another endpoint can be asked instead. */
  timeoutMs?: number | undefined;
  /** How often one endpoint is asked again before the next one is. Default 2; 0 where there is another one. */
  retryCount?: number | undefined;
  /** Milliseconds after which an endpoint that failed is tried again, while others are asked. Default 15,000. */
  avoidMs?: number | undefined;
  onEvent?: ((event: RpcEvent) => void) | undefined;
}

/** What becomes of endpoints. `down` is when none answers, `up` when one does again. */
export type RpcEvent =
  | { type: 'failed' | 'left'; endpoint: string; message: string }
  | { type: 'back'; endpoint: string; seconds: number }
  | { type: 'down'; message: string }
  | { type: 'up' };

/** One JSON-RPC endpoint, which is asked nothing before it has said that it serves the right chain. */
export class Endpoint {
  /** Its host: what messages call it, since keys stand in paths, queries and user names of addresses. */
  readonly name: string;
  readonly #chainId: number;
  readonly #request: (question: { method: string; params: readonly unknown[] }) => Promise<unknown>;
  readonly #onEvent: (event: RpcEvent) => void;
  readonly #avoidMs: number;
  #checked: Promise<void> | undefined;
  /** Since when it fails, and when it is tried again; `performance.now()`. */
  #failing: { since: number; again: number } | null = null;

  constructor(url: string, chainId: number, options: EndpointOptions) {
    const { timeoutMs = 20_000, retryCount = 2, avoidMs = 15_000, onEvent = () => undefined } = options;
    this.name = URL.canParse(url) ? new URL(url).host : url;
    this.#chainId = chainId;
    this.#onEvent = onEvent;
    this.#avoidMs = avoidMs;
    const transport = http(url, { batch: { batchSize: 100 }, retryCount, timeout: timeoutMs })({});
    this.#request = transport.request as never;
  }

  /** CHAIN_WRONG where it serves another chain. */
  async ask(method: string, params: readonly unknown[]): Promise<unknown> {
    this.#checked ??= this.#check();
    try {
      await this.#checked;
    } catch (error) {
      this.#checked = undefined;
      throw error;
    }
    const answer = await this.#request({ method, params });
    if (answer === undefined) {
      throw new HttpRequestError({ url: this.name, details: 'The answer holds neither a result nor an error.' });
    }
    return answer;
  }

  /** Whether the others are asked first. */
  get isFailing(): boolean {
    return this.#failing !== null;
  }

  /** It gave no answer that could be used. */
  failed(error: unknown): void {
    const message = error instanceof BaseError ? error.shortMessage : (error as Error).message;
    this.#onEvent({ type: 'failed', endpoint: this.name, message });
    const now = performance.now();
    if (!this.#failing) this.#onEvent({ type: 'left', endpoint: this.name, message });
    this.#failing = { since: this.#failing?.since ?? now, again: now + this.#avoidMs };
  }

  healed(): void {
    if (!this.#failing) return;
    const seconds = Math.round((performance.now() - this.#failing.since) / 1000);
    this.#failing = null;
    this.#onEvent({ type: 'back', endpoint: this.name, seconds });
  }

  /** Once its time has come, tries whether it answers again, beside the questions that others answer. */
  tryAgain(isGood: (head: bigint) => boolean): void {
    const now = performance.now();
    if (!this.#failing || now < this.#failing.again) return;
    this.#failing.again = now + this.#avoidMs;
    // What it answers may be no number either.
    this.ask('eth_blockNumber', [])
      .then((head) => typeof head === 'string' && isGood(BigInt(head)) && this.healed())
      .catch(() => undefined);
  }

  async #check(): Promise<void> {
    const got = Number(await this.#request({ method: 'eth_chainId', params: [] }));
    if (got === this.#chainId) return;
    throw clientError('CHAIN_WRONG', `${this.name} serves another chain.`, { expected: String(this.#chainId), got });
  }
}

/** An endpoint's words for a block that it has not got yet; each client has its own. */
const unknownBlock = /header not found|unknown block|block not found|blockoutofrange|missing trie node/i;

/** Whether an error is the chain's answer, which every endpoint would give, and not one endpoint's trouble. */
export function isAnswer(error: unknown): boolean {
  if (!(error instanceof BaseError)) return false;
  const rpc = error.walk((cause) => cause instanceof RpcRequestError);
  if (!(rpc instanceof RpcRequestError)) return false;
  return rpc.code !== 429 && rpc.code !== -32_005 && rpc.code !== -32_007 && !unknownBlock.test(rpc.details);
}
