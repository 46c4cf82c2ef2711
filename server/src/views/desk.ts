import { and, count, desc, eq, or } from 'drizzle-orm';
import type { Hex } from 'viem';
import type { InferenceRequestWire, PageQuery } from '../schema/index.ts';
import { inferenceRequests } from '../store/schema.ts';
import { missing, offsetOf, originOf, pageOf, parseAddress, sourceOf } from './reader.ts';
import type { Reader } from './reader.ts';

type RequestRow = typeof inferenceRequests.$inferSelect;

export interface RequestsQuery extends PageQuery {
  asker?: string | undefined;
  host?: string | undefined;
  model?: Hex | undefined;
  state?: InferenceRequestWire['state'] | undefined;
}

export async function listRequests(reader: Reader, query: RequestsQuery) {
  const host = query.host === undefined ? undefined : parseAddress(query.host);
  const condition = and(
    query.asker === undefined ? undefined : eq(inferenceRequests.asker, parseAddress(query.asker)),
    host === undefined ? undefined : or(eq(inferenceRequests.host, host), eq(inferenceRequests.node, host)),
    query.model === undefined ? undefined : eq(inferenceRequests.model, query.model),
    query.state === undefined ? undefined : eq(inferenceRequests.state, query.state),
  );
  const [total] = await reader.db.select({ value: count() }).from(inferenceRequests).where(condition);
  const rows = await reader.db
    .select()
    .from(inferenceRequests)
    .where(condition)
    .orderBy(desc(inferenceRequests.id))
    .limit(query.limit)
    .offset(offsetOf(query));
  return pageOf(
    rows.map((row) => requestOf(row, reader.now())),
    total?.value ?? 0,
    query,
  );
}

export async function readRequest(reader: Reader, id: bigint): Promise<InferenceRequestWire> {
  const [row] = await reader.db.select().from(inferenceRequests).where(eq(inferenceRequests.id, id));
  if (row === undefined) throw missing(`request ${id} at the desk`);
  return requestOf(row, reader.now());
}

function requestOf(row: RequestRow, now: number): InferenceRequestWire {
  const { state, answer, dispute, ruling, delivery, refund } = row;
  if (state === 'none') throw new Error(`request ${row.id} has no state`);
  return {
    id: row.id.toString(),
    asker: row.asker,
    host: row.host,
    state,
    next: nextOf(row, now),
    end: row.end,
    model: row.model,
    scorer: row.scorer,
    inputCid: row.inputCid,
    inputBytes: row.inputBytes,
    fee: row.fee.toString(),
    callbackGas: row.callbackGas,
    disputeWindow: row.disputeWindow,
    answer: answer && { host: answer.node, output: answer.output, ...originOf(answer) },
    dispute: dispute && {
      disputer: dispute.disputer,
      output: dispute.output,
      bond: dispute.bond,
      ...originOf(dispute),
    },
    ruling: ruling && { verdict: ruling.verdict, ...originOf(ruling) },
    delivery: delivery && {
      payee: delivery.payee,
      amount: delivery.amount,
      fee: delivery.fee,
      called: delivery.called,
      ...originOf(delivery),
    },
    refund: refund && originOf(refund),
    askedAt: row.at,
    source: sourceOf(row),
  };
}

/** What the desk lets happen in a block of this second. */
function nextOf({ state, end }: RequestRow, now: number): InferenceRequestWire['next'] {
  const over = now >= end;
  if (state === 'asked') return over ? 'refund' : 'answer';
  if (state === 'answered') return over ? 'deliver' : 'dispute';
  if (state === 'disputed') return over ? 'refund' : 'rule';
  return state === 'ruled' ? 'deliver' : null;
}
