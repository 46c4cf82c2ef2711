import { BaseError, HttpRequestError, http, RpcRequestError } from 'viem';
import { clientError } from '../errors.ts';

export interface EndpointOptions {
  /** Milliseconds for one request. Default 20,000. */
  timeoutMs?: number | undefined;
  /** How often one endpoint is asked again before the next one is. Default 2. */
  retryCount?: number | undefined;
}

/** One JSON-RPC endpoint, which is asked nothing before it has said that it serves the right chain. */
export class Endpoint {
  /** Its host: what messages call it, since keys stand in paths, queries and user names of addresses. */
  readonly name: string;
  readonly #chainId: number;
  readonly #request: (question: { method: string; params: readonly unknown[] }) => Promise<unknown>;
  #checked: Promise<void> | undefined;
  /** Until when the others are asked first, in ms since the epoch. */
  avoidUntil = 0;

  constructor(url: string, chainId: number, { timeoutMs = 20_000, retryCount = 2 }: EndpointOptions) {
    this.name = URL.canParse(url) ? new URL(url).host : url;
    this.#chainId = chainId;
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
