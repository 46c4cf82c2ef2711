import { chainTime, ignoring, isRevert, newestBlock, type ContentReader, type CoveyWriter } from '@covey/client';
import {
  answerDesk,
  deliverDesk,
  endOfDeskRequest,
  fitting,
  readDeskDocuments,
  readDeskInput,
  readDeskRequest,
  refundDesk,
  type DeskRequest,
} from '@covey/client/inference';
import { inferenceDeskAbi } from '@covey/contracts/abi';
import { isCoveyError } from '@covey/errors';
import { blockCid, cidToChain, codecs } from '@covey/protocol';
import { MAX_REQUEST_BYTES, priceOf, type InferenceRequest, type Offer } from '@covey/protocol/inference';
import { hexToBytes, isAddressEqual, zeroAddress, type Address, type Hex } from 'viem';
import { nodeError } from '../../errors.ts';
import type { OnEvent } from '../../events.ts';

export interface DeskClerkParameters {
  covey: CoveyWriter;
  /** Whose host it is. */
  node: Address;
  reader: ContentReader;
  offer: Offer;
  scorer: Hex;
  /** Most gas of a callback that is paid for when an answer is delivered. */
  maxCallbackGas: number;
  /** The answer's document. */
  compute: (request: InferenceRequest, signal: AbortSignal | undefined) => Promise<Uint8Array>;
  onEvent: OnEvent;
}

/** Blocks that are looked at again: what a reorganisation moved is not missed. */
const OVERLAP = 64n;
/** Seconds before the end of a request in which nothing is begun. */
const LAST_SECONDS = 30n;
/** Seconds between two looks at a request that waits for the DAO. */
const RULING_SECONDS = 600n;
/** Requests that are computed at once, and whose documents are fetched at once. */
const TOGETHER = 4;
const MOST_FETCHES = 16;
/** Milliseconds that a document may take, at the first try and later: most that never come cost the first alone. */
const [FIRST_FETCH, LATER_FETCH] = [5_000, 30_000];
/** Milliseconds until content that was not there is looked for again, at first and at most. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [10_000, 600_000];
/** Requests that wait; where there are more, those that were tried most give way. */
const MOST_WAITING = 10_000;
/** Requests that are remembered as over. */
const MOST_OVER = 100_000;

type Terms = 'host' | 'scorer' | 'callbackGas' | 'fee' | 'model';

interface Waiting {
  /** Its document with its CID; null until it was fetched. */
  input: { cid: string; bytes: Uint8Array } | null;
  /** Whether its bytes came along, or are fetched by their CID. */
  isInline: boolean;
  isFetching: boolean;
  tries: number;
  next: number;
}

/** Answers what contracts ask of the offer's models where the fee covers the price, and has the host paid for it. */
export class DeskClerk {
  readonly #p: DeskClerkParameters;
  readonly #models: ReadonlyMap<Hex, Offer['models'][number]>;
  /** What may be answered, by its number; what was answered, and at which second of the chain to look at it; the rest. */
  readonly #waiting = new Map<bigint, Waiting>();
  readonly #answered = new Map<bigint, bigint>();
  readonly #over = new Set<bigint>();
  #from: bigint | undefined;
  #fetches = 0;

  constructor(parameters: DeskClerkParameters) {
    this.#p = parameters;
    this.#models = new Map(parameters.offer.models.map((model) => [cidToChain(model.model).digest, model]));
  }

  /**
   * Reads what was asked since the last look, answers what it can, and ends what is due. What fails for one is tried again and
   * keeps none of the others from theirs; the first failure is thrown at the end.
   */
  async look(signal?: AbortSignal): Promise<void> {
    await this.#read();
    const failures: unknown[] = [];
    this.#fetch(signal);
    const due = this.#due().filter(([, { input }]) => input !== null);
    for (let i = 0; i < due.length && !signal?.aborted; i += TOGETHER) {
      const some = due.slice(i, i + TOGETHER).map(([id, waiting]) => this.#serve(id, waiting, signal));
      failures.push(...reasonsOf(await Promise.allSettled(some)));
    }
    const now = await chainTime(this.#p.covey);
    for (const [id, next] of this.#answered)
      if (now >= next && !signal?.aborted) failures.push(...reasonsOf(await Promise.allSettled([this.#end(id, now)])));
    if (failures.length > 0) throw failures[0];
  }

  /** What may be tried now, those that failed least first. */
  #due(): [bigint, Waiting][] {
    const now = performance.now();
    return [...this.#waiting].filter(([, { next }]) => next <= now).sort(([, a], [, b]) => a.tries - b.tries);
  }

  /** Documents that come are for the next look: nobody waits for one that does not. */
  #fetch(signal: AbortSignal | undefined): void {
    for (const [id, waiting] of this.#due()) {
      if (this.#fetches >= MOST_FETCHES) return;
      if (waiting.input !== null || waiting.isFetching) continue;
      waiting.isFetching = true;
      this.#fetches++;
      void this.#fetchInput(id, waiting, signal).finally(() => {
        waiting.isFetching = false;
        this.#fetches--;
      });
    }
  }

  async #fetchInput(id: bigint, waiting: Waiting, signal: AbortSignal | undefined): Promise<void> {
    const { covey, reader } = this.#p;
    try {
      const request = await readDeskRequest(covey, id);
      if (request.state !== 'asked' || request.input === null) return this.#leave(id);
      const timeoutMs = waiting.tries === 0 ? FIRST_FETCH : LATER_FETCH;
      const options = { maxBytes: MAX_REQUEST_BYTES, timeoutMs, ...(signal && { signal }) };
      waiting.input = { cid: request.input, bytes: await reader.get(request.input, options) };
    } catch (error) {
      // What is too large, or no document, is so for ever.
      if (!isCoveyError(error) || error.retryable) this.#later(waiting);
      else if (!signal?.aborted) this.#pass(id, error.code);
    }
  }

  #later(waiting: Waiting): void {
    // Kept for nobody: it may be a mebibyte.
    if (!waiting.isInline) waiting.input = null;
    waiting.next = performance.now() + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** waiting.tries++);
  }

  #pass(requestId: bigint, code: string): void {
    this.#p.onEvent({ event: 'desk-passed', requestId, code });
    this.#leave(requestId);
  }

  async #read(): Promise<void> {
    const { covey, node } = this.#p;
    const toBlock = await newestBlock(covey);
    const of = { address: covey.deployment.inferenceDesk, abi: inferenceDeskAbi, toBlock } as const;
    const range = this.#from === undefined ? {} : { fromBlock: this.#from };
    const answered = await covey.events({ ...of, ...range, eventName: 'InferenceAnswered', args: { node } });
    for (const { args } of answered) {
      const { requestId, disputeEnd } = args;
      if (!this.#over.has(requestId) && !this.#answered.has(requestId))
        this.#answered.set(requestId, BigInt(disputeEnd));
    }
    const asked = await covey.events({ ...of, ...range, eventName: 'InferenceAsked' });
    const now = await chainTime(covey);
    for (const { args } of asked) {
      const { requestId, order, host, inputBytes, answerEnd } = args;
      if (this.#waiting.has(requestId) || this.#answered.has(requestId) || this.#over.has(requestId)) continue;
      const named = isAddressEqual(host, zeroAddress) ? null : host;
      if (now + LAST_SECONDS >= BigInt(answerEnd) || !this.#isFit({ ...order, host: named })) continue;
      const bytes = inputBytes === '0x' ? null : hexToBytes(inputBytes);
      const input = bytes && { cid: blockCid(codecs.raw, bytes), bytes };
      this.#waiting.set(requestId, { input, isInline: bytes !== null, isFetching: false, tries: 0, next: 0 });
    }
    if (this.#waiting.size > MOST_WAITING) this.#giveWay();
    this.#from = toBlock > OVERLAP ? toBlock - OVERLAP : 0n;
  }

  /** Whether it asks for what this host has, of this host, and pays for it at all. */
  #isFit({ host, scorer, callbackGas, fee, model }: Pick<DeskRequest, Terms>): boolean {
    const { node, maxCallbackGas } = this.#p;
    const offered = this.#models.get(model);
    const isAsked = host === null || isAddressEqual(host, node);
    return (
      isAsked &&
      scorer === this.#p.scorer &&
      callbackGas <= maxCallbackGas &&
      fee >= BigInt(offered?.request ?? fee + 1n)
    );
  }

  #giveWay(): void {
    const most = [...this.#waiting].sort(([, a], [, b]) => b.tries - a.tries);
    for (const [id] of most.slice(0, this.#waiting.size - MOST_WAITING)) this.#waiting.delete(id);
  }

  /** What is wrong with the request ends it; what is wrong with the chain is the next look's. */
  async #serve(id: bigint, waiting: Waiting, signal: AbortSignal | undefined): Promise<void> {
    const { covey, node, onEvent } = this.#p;
    try {
      const request = await readDeskRequest(covey, id);
      if (request.state !== 'asked' || (await chainTime(covey)) + LAST_SECONDS >= BigInt(request.end))
        return this.#leave(id);
      // A reorganisation can give its number to another request: the next look reads what was asked then.
      const { input } = waiting;
      if (!input || input.cid !== request.input || !this.#isFit(request)) return void this.#waiting.delete(id);
      const output = await this.#outputOf(request, input.bytes, signal);
      // Computing may have taken minutes.
      const now = await readDeskRequest(covey, id);
      if (now.input !== input.cid || !this.#isFit(now)) return void this.#waiting.delete(id);
      const sent = await answerDesk(covey, { requestId: id, node, output });
      this.#waiting.delete(id);
      this.#answered.set(id, 0n);
      onEvent({ event: 'desk-answered', requestId: id, fee: request.fee, tx: sent.tx, gasUsed: sent.gasUsed });
    } catch (error) {
      if (signal?.aborted) return;
      // Somebody else was faster, or it is too late.
      if (isRevert(error, 'WrongRequestState', 'RequestWindowPassed', 'NotAnswering')) return this.#leave(id);
      const code = isCoveyError(error) ? error.code : null;
      if (code?.startsWith('CHAIN_') || code?.startsWith('TRANSACTION_') || code?.startsWith('GAS_')) throw error;
      if (isCoveyError(error) && !error.retryable) return this.#pass(id, error.code);
      this.#later(waiting);
      // What nobody foresaw is told of.
      if (code === null) throw error;
    }
  }

  async #outputOf(request: DeskRequest, input: Uint8Array, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { reader, offer, compute } = this.#p;
    const asked = await readDeskInput(reader, request, { input });
    const offered = this.#models.get(request.model);
    if (offered === undefined || offered.network !== asked.network)
      throw nodeError('MODEL_NOT_SERVED', 'The model has another network here.', {
        ...(offered && { expected: offered.network }),
        got: asked.network,
      });
    if (asked.kind === 'generate' && asked.length > offer.limits.tokens)
      throw nodeError('REQUEST_INVALID', 'The request asks for too many tokens.', {
        expected: `at most ${offer.limits.tokens}`,
        got: String(asked.length),
      });
    const price = priceOf(offered, asked);
    if (request.fee < price)
      throw nodeError('PAYMENT_REQUIRED', 'The fee of the request is below the price.', {
        expected: `at least ${price} wei`,
        got: `${request.fee} wei`,
      });
    return fitting(await compute(asked, signal));
  }

  /** Has itself paid, or a request on which nobody ruled ended: its stake is held for it until then. */
  async #end(id: bigint, now: bigint): Promise<void> {
    const { covey, onEvent } = this.#p;
    const request = await readDeskRequest(covey, id);
    if (request.state === 'delivered' || request.state === 'refunded') return this.#leave(id);
    if (request.state !== 'ruled' && now < BigInt(request.end)) {
      // A ruling may come before its end.
      const next = request.state === 'answered' ? BigInt(request.end) : now + RULING_SECONDS;
      this.#answered.set(id, next);
      return;
    }
    // The bytes are read when there is something to do with them.
    const end = endOfDeskRequest(request, await readDeskDocuments(covey, id), now);
    if (end === null) return;
    const gone = ['WrongRequestState', 'RequestWindowOpen'];
    if (end.step === 'refund') {
      const sent = await ignoring(gone, () => refundDesk(covey, id));
      if (sent) onEvent({ event: 'desk-refunded', requestId: id, tx: sent.tx, gasUsed: sent.gasUsed });
    } else {
      const { output } = end;
      const sent = await ignoring(gone, () => deliverDesk(covey, { requestId: id, output }));
      if (sent)
        onEvent({
          ...{ event: 'desk-delivered', requestId: id, called: sent.called },
          ...{ tx: sent.tx, gasUsed: sent.gasUsed },
        });
    }
  }

  #leave(id: bigint): void {
    this.#waiting.delete(id);
    this.#answered.delete(id);
    if (this.#over.size >= MOST_OVER) this.#over.clear();
    this.#over.add(id);
  }
}

const reasonsOf = (settled: PromiseSettledResult<unknown>[]): unknown[] =>
  settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
