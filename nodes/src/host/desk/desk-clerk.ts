import {
  chainTime,
  ignoring,
  isClientError,
  isRevert,
  newestBlock,
  type ContentReader,
  type CoveyWriter,
} from '@covey/client';
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
import type { DeskMemory } from './desk-memory.ts';
import { DeskQueue, type Waiting } from './desk-queue.ts';
import { nextLook } from './next-look.ts';

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
  /** How far it had read before it was started. */
  memory: Pick<DeskMemory, 'read' | 'write'>;
  onEvent: OnEvent;
}

/** Blocks that are looked at again: what a reorganisation moved is not missed. */
const OVERLAP = 64n;
/** Seconds before the end of a request in which nothing is begun. */
const LAST_SECONDS = 30n;
/** Blocks after which it is remembered how far was read. */
const REMEMBERED = 500n;
/** Requests that are computed at once. */
const TOGETHER = 4;
/** Requests that are remembered as over. */
const MOST_OVER = 100_000;

type Terms = 'host' | 'scorer' | 'callbackGas' | 'fee' | 'model';

/** Answers what contracts ask of the offer's models where the fee covers the price, and has the host paid for it. */
export class DeskClerk {
  readonly #p: DeskClerkParameters;
  readonly #models: ReadonlyMap<Hex, Offer['models'][number]>;
  /** What may be answered, by its number; what was answered, and at which second of the chain to look at it. */
  readonly #queue: DeskQueue;
  readonly #answered = new Map<bigint, bigint>();
  /** What is not to be answered, and what is over. */
  readonly #left = new Set<bigint>();
  readonly #over = new Set<bigint>();
  #from: bigint | undefined;
  #rememberedAt = -REMEMBERED;

  constructor(parameters: DeskClerkParameters) {
    this.#p = parameters;
    this.#models = new Map(parameters.offer.models.map((model) => [cidToChain(model.model).digest, model]));
    this.#queue = new DeskQueue({
      reader: parameters.reader,
      cidOf: async (id) => {
        const { state, input } = await readDeskRequest(parameters.covey, id);
        if (state !== 'asked' || input === null) this.#leave(id);
        return state === 'asked' ? input : null;
      },
      onPassed: (id, code) => this.#pass(id, code),
    });
  }

  /**
   * Reads what was asked since the last look, answers what it can, and ends what is due. What fails for one is tried again and
   * keeps none of the others from theirs; the first failure is thrown at the end.
   */
  async look(signal?: AbortSignal): Promise<void> {
    await this.#read();
    const failures: unknown[] = [];
    this.#queue.fetch(signal);
    const due = this.#queue.due().filter(([, { input }]) => input !== null);
    for (let i = 0; i < due.length && !signal?.aborted; i += TOGETHER) {
      const some = due.slice(i, i + TOGETHER).map(([id, waiting]) => this.#serve(id, waiting, signal));
      failures.push(...reasonsOf(await Promise.allSettled(some)));
    }
    const now = await chainTime(this.#p.covey);
    for (const [id, next] of this.#answered)
      if (now >= next && !signal?.aborted) failures.push(...reasonsOf(await Promise.allSettled([this.#end(id, now)])));
    if (failures.length > 0) throw failures[0];
  }

  #pass(requestId: bigint, code: string): void {
    this.#p.onEvent({ event: 'desk-passed', requestId, code });
    this.#leave(requestId);
  }

  async #read(): Promise<void> {
    const { covey, node } = this.#p;
    const toBlock = await newestBlock(covey);
    if (this.#from === undefined) await this.#recall(toBlock);
    const of = { address: covey.deployment.inferenceDesk, abi: inferenceDeskAbi, toBlock } as const;
    const range = this.#from === undefined ? {} : { fromBlock: this.#from };
    const answered = await covey.events({ ...of, ...range, eventName: 'InferenceAnswered', args: { node } });
    for (const { args } of answered) this.#own(args.requestId, BigInt(args.disputeEnd));
    const asked = await covey.events({ ...of, ...range, eventName: 'InferenceAsked' });
    const now = await chainTime(covey);
    for (const { args } of asked) {
      const { requestId, order, host, inputBytes, answerEnd } = args;
      if (this.#queue.has(requestId) || this.#answered.has(requestId)) continue;
      if (this.#left.has(requestId) || this.#over.has(requestId)) continue;
      const named = isAddressEqual(host, zeroAddress) ? null : host;
      if (now + LAST_SECONDS >= BigInt(answerEnd) || !this.#isFit({ ...order, host: named })) continue;
      this.#queue.add(requestId, inputBytes === '0x' ? null : hexToBytes(inputBytes));
    }
    this.#from = toBlock > OVERLAP ? toBlock - OVERLAP : 0n;
    if (this.#from < this.#rememberedAt + REMEMBERED) return;
    await this.#p.memory.write({ block: this.#from, requests: [...this.#queue.ids, ...this.#answered.keys()] });
    this.#rememberedAt = this.#from;
  }

  /** Goes on where it was before its start; from the beginning where the chain is another by now. */
  async #recall(newest: bigint): Promise<void> {
    const remembered = await this.#p.memory.read();
    if (remembered === null || remembered.block > newest) return;
    this.#from = this.#rememberedAt = remembered.block;
    for (const id of remembered.requests) this.#answered.set(id, 0n);
  }

  /** The host answered it: it is looked at when it may be over. */
  #own(id: bigint, at: bigint): void {
    this.#queue.delete(id);
    if (!this.#answered.has(id) && !this.#over.has(id)) this.#answered.set(id, at);
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

  /** What is wrong with the request ends it; what is wrong with the chain is the next look's. */
  async #serve(id: bigint, waiting: Waiting, signal: AbortSignal | undefined): Promise<void> {
    const { covey, node, onEvent } = this.#p;
    try {
      const request = await readDeskRequest(covey, id);
      if (request.state !== 'asked') return this.#wasAnswered(request);
      if ((await chainTime(covey)) + LAST_SECONDS >= BigInt(request.end)) return this.#leave(id);
      // A reorganisation can give its number to another request: the next look reads what was asked then.
      const { input } = waiting;
      if (!input || input.cid !== request.input || !this.#isFit(request)) return this.#queue.delete(id);
      const output = await this.#outputOf(request, input.bytes, signal);
      // Computing may have taken minutes.
      const now = await readDeskRequest(covey, id);
      if (now.input !== input.cid || !this.#isFit(now)) return this.#queue.delete(id);
      const sent = await answerDesk(covey, { requestId: id, node, output });
      this.#own(id, 0n);
      onEvent({ event: 'desk-answered', requestId: id, fee: request.fee, tx: sent.tx, gasUsed: sent.gasUsed });
    } catch (error) {
      if (signal?.aborted) return;
      // Somebody was faster: perhaps this host itself, by a transaction that was slow to be seen.
      if (isRevert(error, 'WrongRequestState')) return this.#wasAnswered(await readDeskRequest(covey, id));
      if (isRevert(error, 'RequestWindowPassed', 'NotAnswering')) return this.#leave(id);
      const code = isCoveyError(error) ? error.code : null;
      if (code?.startsWith('CHAIN_') || code?.startsWith('TRANSACTION_') || code?.startsWith('GAS_')) throw error;
      if (isCoveyError(error) && !error.retryable) return this.#pass(id, error.code);
      this.#queue.later(waiting);
      // What nobody foresaw is told of.
      if (code === null) throw error;
    }
  }

  #wasAnswered({ requestId, node }: DeskRequest): void {
    if (node !== null && isAddressEqual(node, this.#p.node)) this.#own(requestId, 0n);
    else this.#leave(requestId);
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
    const request = await this.#find(id);
    if (request === null || request.state === 'delivered' || request.state === 'refunded') return this.#isOver(id);
    if (request.state === 'asked') {
      // A reorganisation took the answer back, or it was asked before the start.
      this.#answered.delete(id);
      this.#queue.add(id, (await readDeskDocuments(covey, id)).input);
      return;
    }
    if (!isAddressEqual(request.node ?? zeroAddress, this.#p.node)) return this.#leave(id);
    if (request.state !== 'ruled' && now < BigInt(request.end)) {
      this.#answered.set(id, nextLook(request, now));
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

  /** Null where a reorganisation took it away. */
  async #find(id: bigint): Promise<DeskRequest | null> {
    return await readDeskRequest(this.#p.covey, id).catch((error: unknown) => {
      if (isClientError(error, 'REQUEST_UNKNOWN')) return null;
      throw error;
    });
  }

  #leave(id: bigint): void {
    this.#answered.delete(id);
    this.#queue.delete(id);
    add(this.#left, id);
  }

  #isOver(id: bigint): void {
    this.#answered.delete(id);
    add(this.#over, id);
  }
}

function add(set: Set<bigint>, id: bigint): void {
  if (set.size >= MOST_OVER) set.clear();
  set.add(id);
}

const reasonsOf = (settled: PromiseSettledResult<unknown>[]): unknown[] =>
  settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
