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
import { cidToChain } from '@covey/protocol';
import { priceOf, type InferenceRequest, type Offer } from '@covey/protocol/inference';
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
/** Requests whose documents are fetched and computed at once. */
const TOGETHER = 4;
/** Milliseconds until content that was not there is looked for again, at first and at most. */
const [FIRST_PAUSE, LONGEST_PAUSE] = [10_000, 600_000];
/** Requests that are remembered as over. */
const MOST_OVER = 100_000;

interface Waiting {
  input: Uint8Array | null;
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

  constructor(parameters: DeskClerkParameters) {
    this.#p = parameters;
    this.#models = new Map(parameters.offer.models.map((model) => [cidToChain(model.model).digest, model]));
  }

  /** Reads what was asked since the last look, answers what it can, and ends what is due. */
  async look(signal?: AbortSignal): Promise<void> {
    await this.#read();
    const due = [...this.#waiting].filter(([, { next }]) => next <= performance.now());
    for (let i = 0; i < due.length && !signal?.aborted; i += TOGETHER)
      await Promise.all(due.slice(i, i + TOGETHER).map(([id, waiting]) => this.#serve(id, waiting, signal)));
    const now = await chainTime(this.#p.covey);
    for (const [id, next] of this.#answered) if (now >= next && !signal?.aborted) await this.#end(id, now);
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
      const isFit =
        now + LAST_SECONDS < BigInt(answerEnd) &&
        (isAddressEqual(host, zeroAddress) || isAddressEqual(host, node)) &&
        order.scorer === this.#p.scorer &&
        order.callbackGas <= this.#p.maxCallbackGas &&
        order.fee >= BigInt(this.#models.get(order.model)?.request ?? order.fee + 1n);
      if (!isFit) continue;
      const input = inputBytes === '0x' ? null : hexToBytes(inputBytes);
      this.#waiting.set(requestId, { input, tries: 0, next: 0 });
    }
    this.#from = toBlock > OVERLAP ? toBlock - OVERLAP : 0n;
  }

  /** What is wrong with the request ends it; what is wrong with the chain is the next look's. */
  async #serve(id: bigint, waiting: Waiting, signal: AbortSignal | undefined): Promise<void> {
    const { covey, node, onEvent } = this.#p;
    try {
      const request = await readDeskRequest(covey, id);
      if (request.state !== 'asked' || (await chainTime(covey)) + LAST_SECONDS >= BigInt(request.end))
        return this.#leave(id);
      const output = await this.#outputOf(request, waiting, signal);
      const sent = await answerDesk(covey, { requestId: id, node, output });
      this.#waiting.delete(id);
      this.#answered.set(id, 0n);
      onEvent({ event: 'desk-answered', requestId: id, fee: request.fee, tx: sent.tx, gasUsed: sent.gasUsed });
    } catch (error) {
      if (signal?.aborted) return;
      // Somebody else was faster, or it is too late.
      if (isRevert(error, 'WrongRequestState', 'RequestWindowPassed', 'NotAnswering')) return this.#leave(id);
      if (!isCoveyError(error)) throw error;
      const { code } = error;
      if (code.startsWith('CHAIN_') || code.startsWith('TRANSACTION_') || code.startsWith('GAS_')) throw error;
      if (code.startsWith('CONTENT_') || error.retryable) {
        waiting.next = performance.now() + Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** waiting.tries++);
        return;
      }
      onEvent({ event: 'desk-passed', requestId: id, code });
      this.#leave(id);
    }
  }

  async #outputOf(request: DeskRequest, { input }: Waiting, signal: AbortSignal | undefined): Promise<Uint8Array> {
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
