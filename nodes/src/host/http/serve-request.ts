import type { InferenceRequest } from '@covey/protocol/inference';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answers, Served } from '../answers.ts';
import { errorBody } from './errors.ts';
import { EventStream } from './event-stream.ts';
import { drained, sendWhole } from './send-whole.ts';
import type { Traffic } from './traffic.ts';
import { voucherHeader, voucherOf } from './voucher-header.ts';

/** Tokens of one event. */
const MOST_TOLD = 64;

/** How an endpoint says an answer, whole and in pieces. */
export interface Telling {
  whole: (served: Served) => unknown;
  /** Null where there is nothing to say yet. Without it the endpoint does not stream. */
  tokens?: (tokens: number[]) => unknown;
  /** What follows the last token; the proof comes with it. */
  last?: (served: Served) => readonly unknown[];
}

/** Answers a request for whoever asked by HTTP. Who hangs up has nothing computed any further. */
export async function serveRequest(
  answers: Answers,
  { request, isStream, telling }: { request: InferenceRequest; isStream: boolean; telling: Telling },
  from: FastifyRequest,
  reply: FastifyReply,
  traffic: Traffic,
): Promise<unknown> {
  const gone = new AbortController();
  const onClose = () => !reply.raw.writableFinished && gone.abort(new Error('the caller hung up'));
  reply.raw.once('close', onClose);
  const asking = { voucher: voucherOf(from.headers[voucherHeader]), signal: gone.signal };
  if (!isStream || !telling.tokens)
    return await sendWhole(reply, telling.whole(await answers.answer(request, asking)), traffic);
  const stream = new EventStream(reply);
  // Tokens that a slow reader has no room for wait as numbers, and are told some together: what is sent at once stays small,
  // so that it is seen how fast it is taken.
  const waiting: number[] = [];
  const tell = () => {
    while (waiting.length > 0 && !stream.isBehind) {
      const event = telling.tokens!(waiting.splice(0, MOST_TOLD));
      if (event !== null) stream.send(event);
    }
  };
  stream.onRoom(tell);
  const onTokens = (tokens: number[]) => {
    waiting.push(...tokens);
    tell();
  };
  try {
    const served = await answers.answer(request, { ...asking, onTokens });
    for (tell(); waiting.length > 0 && !gone.signal.aborted; tell()) await drained(reply.raw);
    for (const event of telling.last!(served)) stream.send(event);
  } catch (error) {
    // Before the first event it is an answer like any other.
    if (!stream.isOpen) throw error;
    stream.send(errorBody(error).body);
  }
  stream.end();
  return reply;
}
