import { decodeResultDocument, decodeTaskDocument, isProtocolError } from '@covey/protocol';
import { decodeCardDocument } from '@covey/protocol/card';
import { decodeOffer } from '@covey/protocol/inference';
import { decodeSealedManifest } from '@covey/protocol/sealed';
import { and, eq, inArray } from 'drizzle-orm';
import type { FastifyBaseLogger } from 'fastify';
import { z } from 'zod';
import { messageOf, isServerError } from '../errors.ts';
import type { Database } from '../store/handle.ts';
import { storable } from '../store/json.ts';
import { documents } from '../store/schema.ts';
import type { Wanted } from './context.ts';
import { documentKinds } from '../schema/primitives.ts';
import type { DocumentKind } from '../schema/primitives.ts';

/** Largest document that is read, in bytes; the protocol's own limits are below. */
const MAX_DOCUMENT_BYTES = 1024 * 1024;
const PARALLEL = 4;
/**
 * What is not there is looked for after a second, then after twice as long each time, up to an hour: anybody can name what
 * never comes, and each look tells every page that shows it.
 */
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 3_600_000;

/** Title and texts of a proposal, as Aragon's app writes them. */
const metadataSchema = z.object({
  title: z.string().max(500).default(''),
  summary: z.string().max(5000).default(''),
  description: z.string().max(100_000).default(''),
  resources: z
    .array(z.object({ name: z.string().max(500).default(''), url: z.string().max(2000).default('') }))
    .max(100)
    .default([]),
});
export type ProposalMetadata = z.output<typeof metadataSchema>;

const decoders: Record<DocumentKind, (bytes: Uint8Array) => unknown> = {
  task: decodeTaskDocument,
  result: decodeResultDocument,
  metadata: (bytes) => metadataSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))),
  sealed: decodeSealedManifest,
  card: decodeCardDocument,
  offer: decodeOffer,
};

/** What a list finds it by. */
function nameOf(value: unknown): string | null {
  const { name, title } = value as { name?: unknown; title?: unknown };
  const found = name ?? title;
  return typeof found === 'string' ? found : null;
}

export interface DocumentsOptions {
  db: Database;
  read(cid: string, maxBytes: number): Promise<Uint8Array>;
  logger: FastifyBaseLogger;
  /** Called after a document's state changed. */
  changed(cid: string, kind: DocumentKind): void;
}

interface Pending {
  cid: string;
  kind: DocumentKind;
  attempts: number;
  timer: NodeJS.Timeout | undefined;
}

/** Fetches and checks documents that events name. A bad one is a fact about it, never a failure of the index. */
export class Documents {
  readonly #options: DocumentsOptions;
  /** By CID and kind. */
  readonly #pending = new Map<string, Pending>();
  readonly #queue: Pending[] = [];
  readonly #running = new Set<Promise<void>>();
  #closed = false;

  constructor(options: DocumentsOptions) {
    this.#options = options;
  }

  /** Takes up what an earlier life of the process left open. */
  async start(): Promise<void> {
    const rows = await this.#options.db.select().from(documents).where(eq(documents.settled, false));
    for (const { cid, kind } of rows) this.#enqueue(cid, kind);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
    await Promise.all(this.#running);
  }

  async want(wanted: readonly Wanted[]): Promise<void> {
    if (wanted.length === 0) return;
    const { db } = this.#options;
    const cids = wanted.map(({ cid }) => cid);
    await db
      .insert(documents)
      .values(wanted.map(({ cid, kind }) => ({ cid, kind, status: 'pending' as const })))
      .onConflictDoNothing();
    const open = await db
      .select({ cid: documents.cid, kind: documents.kind })
      .from(documents)
      .where(and(inArray(documents.cid, cids), eq(documents.settled, false)));
    for (const { cid, kind } of open) this.#enqueue(cid, kind);
  }

  /** New content came in: what waited for it need not wait any longer. */
  stored(cids: Iterable<string>): void {
    for (const cid of cids) {
      for (const kind of documentKinds) {
        const pending = this.#pending.get(keyOf(cid, kind));
        if (pending?.timer === undefined) continue;
        clearTimeout(pending.timer);
        pending.timer = undefined;
        this.#queue.push(pending);
      }
    }
    this.#pump();
  }

  /** Resolves when nothing is being fetched; what could not be found is tried again later. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #enqueue(cid: string, kind: DocumentKind): void {
    const key = keyOf(cid, kind);
    if (this.#pending.has(key)) return;
    const pending: Pending = { cid, kind, attempts: 0, timer: undefined };
    this.#pending.set(key, pending);
    this.#queue.push(pending);
    this.#pump();
  }

  #pump(): void {
    while (!this.#closed && this.#running.size < PARALLEL) {
      const pending = this.#queue.shift();
      if (pending === undefined) return;
      const work: Promise<void> = this.#fetch(pending)
        .catch((error: unknown) =>
          this.#options.logger.error({ err: error }, `document ${pending.cid} could not be stored`),
        )
        .finally(() => {
          this.#running.delete(work);
          this.#pump();
        });
      this.#running.add(work);
    }
  }

  async #fetch(pending: Pending): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = await this.#options.read(pending.cid, MAX_DOCUMENT_BYTES);
    } catch (error) {
      if (isFinal(error)) return this.#settle(pending, { status: 'invalid', ...described(error) });
      pending.attempts += 1;
      const pause = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(pending.attempts - 1, 12));
      if (!this.#closed) {
        pending.timer = setTimeout(() => {
          pending.timer = undefined;
          this.#queue.push(pending);
          this.#pump();
        }, pause);
        pending.timer.unref();
      }
      return this.#write(pending, { status: 'unavailable', attempts: pending.attempts, ...described(error) });
    }
    try {
      const value = storable(decoders[pending.kind](bytes));
      await this.#settle(pending, { status: 'ok', value, name: nameOf(value), errorCode: null, errorMessage: null });
    } catch (error) {
      await this.#settle(pending, { status: 'invalid', ...described(error) });
    }
  }

  async #settle(pending: Pending, set: Partial<typeof documents.$inferInsert>): Promise<void> {
    this.#pending.delete(keyOf(pending.cid, pending.kind));
    await this.#write(pending, { settled: true, ...set });
  }

  async #write({ cid, kind }: Pending, set: Partial<typeof documents.$inferInsert>): Promise<void> {
    await this.#options.db
      .update(documents)
      .set(set)
      .where(and(eq(documents.cid, cid), eq(documents.kind, kind)));
    this.#options.changed(cid, kind);
  }
}

const keyOf = (cid: string, kind: DocumentKind): string => `${kind} ${cid}`;

function isFinal(error: unknown): boolean {
  if (!isServerError(error)) return false;
  return ['SERVER_TOO_LARGE', 'IPFS_INVALID_CID', 'IPFS_NOT_A_FILE', 'IPFS_UNSUPPORTED'].includes(error.code);
}

function described(error: unknown): { errorCode: string; errorMessage: string } {
  const known = isServerError(error) || isProtocolError(error);
  return {
    errorCode: known ? error.code : 'SERVER_INVALID_ARGUMENT',
    errorMessage: messageOf(error).replaceAll('\u0000', '\ufffd').slice(0, 1000),
  };
}
