import type { CID } from 'multiformats/cid';
import { clientError, isClientError } from '../errors.ts';
import { defaultTimeoutMs, maxBlockBytes } from './content-store.ts';
import type { FetchFileParameters, Source, Wanted } from './file-source.ts';
import { openUnixfsFile, requireLength, type FilePart } from './unixfs-file.ts';
import { blockMatches, parseCid } from './verified-reader.ts';

/** Blocks that are under way at once, of all sources together: they bound the memory, at 2 MiB each. */
const blocksAtOnce = 8;
/** Failures in a row after which a source rests, and lies after which it is asked no more. */
const patience = 3;
const longestRestMs = 60_000;

/**
 * Fetches a file block by block from several sources at once, each block from whoever is free: fast sources give more, and
 * one that is slow, fails or lies only wastes its own time. Every block is hashed; a block that one source does not give is
 * asked of the others, and one that takes long of a second one, too. Holds a few blocks, however large the file is.
 */
export async function fetchFile(parameters: FetchFileParameters): Promise<{ size: number; kept: number }> {
  return await new FileFetch(parameters).run();
}

class FileFetch {
  private readonly options: FetchFileParameters;
  private readonly sources: Source[];
  private readonly attempts: number;
  private readonly blockTimeoutMs: number;
  /** What is not there by then is asked of a second source. */
  private readonly lateMs: number;
  private readonly stop = new AbortController();
  private readonly signal: AbortSignal;
  private readonly again: Wanted[] = [];
  private readonly underWay = new Set<Wanted>();
  private wake: (() => void)[] = [];
  private planned = false;
  private planning: Promise<void> = Promise.resolve();
  private done = 0;
  private kept = 0;

  constructor(options: FetchFileParameters) {
    this.options = options;
    const fresh = { failures: 0, rests: 0, lies: 0, restUntil: 0, gone: false };
    this.sources = options.sources.map((source) => ({ ...source, ...fresh }));
    this.attempts = options.attempts ?? 5;
    this.blockTimeoutMs = options.blockTimeoutMs ?? defaultTimeoutMs;
    this.lateMs = Math.min(5_000, this.blockTimeoutMs / 4);
    this.signal = options.signal ? AbortSignal.any([options.signal, this.stop.signal]) : this.stop.signal;
  }

  async run(): Promise<{ size: number; kept: number }> {
    const { cid, target, maxBytes, signal } = this.options;
    signal?.throwIfAborted();
    const root = parseCid(cid);
    const link = (node: CID) => parseCid(String(node));
    const { size, parts } = await openUnixfsFile(root, (node) => this.node(node), { maxBytes, link });
    await target.open(size);
    const each = Math.max(1, Math.floor(blocksAtOnce / this.sources.length));
    const workers = Array.from({ length: each }, () => this.sources).flatMap((sources) =>
      sources.map((source) => this.work(source, root, parts, size)),
    );
    try {
      await Promise.all(workers);
    } catch (error) {
      this.stop.abort(error);
      this.notify();
      // Nothing is written any more once this returns.
      await Promise.allSettled(workers);
      throw error;
    } finally {
      // No timer outlives it.
      this.notify();
    }
    if (this.done !== size) throw new Error(`${this.done} of ${size} bytes arrived`);
    return { size, kept: this.kept };
  }

  /** A node of the DAG: one source after the other, those that failed before last, and the next as soon as one is late. */
  private async node(cid: CID): Promise<Uint8Array> {
    const inOrder = this.sources
      .filter(({ gone }) => !gone)
      .sort((a, b) => a.rests - b.rests || a.failures - b.failures);
    const got = new AbortController();
    const signal = AbortSignal.any([this.signal, got.signal]);
    const asked: Promise<Uint8Array>[] = [];
    try {
      for (const source of inOrder) {
        asked.push(this.askNode(source, cid, signal));
        const first = Promise.any(asked).catch(() => undefined);
        const bytes = await Promise.race([first, this.pause(this.lateMs)]);
        this.signal.throwIfAborted();
        if (bytes) return bytes;
      }
      return await Promise.any(asked);
    } catch (error) {
      throw error instanceof AggregateError ? error.errors[0] : error;
    } finally {
      got.abort();
    }
  }

  private async askNode(source: Source, cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    try {
      return await source.reader.getBlock(String(cid), { signal, timeoutMs: this.blockTimeoutMs });
    } catch (error) {
      if (!signal.aborted) this.failed(source, cid, error);
      throw error;
    }
  }

  private async work(source: Source, root: CID, parts: AsyncGenerator<FilePart>, size: number): Promise<void> {
    for (;;) {
      this.signal.throwIfAborted();
      if (source.gone) return;
      const restMs = source.restUntil - performance.now();
      if (restMs > 0) {
        if (this.finished()) return;
        await this.pause(restMs);
        continue;
      }
      const wanted = this.retry(source) ?? (await this.plan(parts, size)) ?? this.late(source);
      if (wanted) await this.ask(source, root, wanted, size);
      else if (this.finished()) return;
      else {
        const lost = this.again.find((one) => !this.mayGive(one));
        if (lost) throw lost.failure;
        // Others are at work: what they do not get comes back.
        await this.pause(1_000);
      }
    }
  }

  private finished(): boolean {
    return this.planned && this.again.length === 0 && this.underWay.size === 0;
  }

  /** A block that others did not give. */
  private retry(source: Source): Wanted | undefined {
    const index = this.again.findIndex((wanted) => (wanted.asked.get(source) ?? 0) < this.attempts);
    return index < 0 ? undefined : this.again.splice(index, 1)[0];
  }

  /** The next block that is not there yet. One worker plans at a time. */
  private async plan(parts: AsyncGenerator<FilePart>, size: number): Promise<Wanted | undefined> {
    const before = this.planning;
    let end = () => {};
    this.planning = new Promise((resolve) => (end = resolve));
    await before;
    try {
      while (!this.planned) {
        const { done, value: part } = await parts.next();
        if (done) {
          this.planned = true;
          this.notify();
          return undefined;
        }
        if ('bytes' in part) await this.arrived(part.offset, part.bytes, size);
        else if (await this.isThere(part.cid, part)) this.count(part.length, part.length, size);
        else {
          const { cid, offset, length } = part;
          const wanted = { cid, offset, length, asked: new Map(), asking: new Set<Source>(), since: 0 };
          return { ...wanted, failure: undefined, got: new AbortController() };
        }
      }
      return undefined;
    } finally {
      end();
    }
  }

  /** When nothing else is left: a block that somebody else takes long for. */
  private late(source: Source): Wanted | undefined {
    const long = performance.now() - this.lateMs;
    for (const wanted of this.underWay) {
      const free = !wanted.asking.has(source) && (wanted.asked.get(source) ?? 0) < this.attempts;
      if (free && wanted.since < long) return wanted;
    }
    return undefined;
  }

  private async isThere(cid: CID, { offset, length }: { offset: number; length: number }): Promise<boolean> {
    const bytes = await this.options.target.read(offset, length);
    return bytes !== null && bytes.byteLength === length && (await blockMatches(cid, bytes));
  }

  private async ask(source: Source, root: CID, wanted: Wanted, size: number): Promise<void> {
    this.underWay.add(wanted);
    wanted.asking.add(source);
    wanted.since = performance.now();
    wanted.asked.set(source, (wanted.asked.get(source) ?? 0) + 1);
    const signal = AbortSignal.any([this.signal, wanted.got.signal]);
    let bytes: Uint8Array;
    try {
      const limits = { signal, timeoutMs: this.blockTimeoutMs, maxBytes: maxBlockBytes };
      bytes = await source.reader.getBlock(String(wanted.cid), limits);
    } catch (error) {
      wanted.asking.delete(source);
      this.signal.throwIfAborted();
      if (!wanted.got.signal.aborted) this.missed(source, wanted, error);
      return;
    }
    wanted.asking.delete(source);
    source.failures = 0;
    source.rests = 0;
    if (wanted.got.signal.aborted) return;
    wanted.got.abort();
    await this.arrived(wanted.offset, requireLength(root, wanted, bytes), size);
    this.underWay.delete(wanted);
    this.notify();
  }

  private failed(source: Source, cid: CID, error: unknown): void {
    this.options.onEvent?.({ type: 'source-failed', source: source.name, cid: String(cid), error });
    this.rest(source, error);
  }

  private missed(source: Source, wanted: Wanted, error: unknown): void {
    wanted.failure ??= error;
    this.failed(source, wanted.cid, error);
    if (wanted.asking.size > 0) return;
    this.underWay.delete(wanted);
    if (!this.mayGive(wanted)) throw wanted.failure;
    this.again.push(wanted);
    this.notify();
  }

  /** Whether there is a source left to ask. */
  private mayGive(wanted: Wanted): boolean {
    return this.sources.some((source) => !source.gone && (wanted.asked.get(source) ?? 0) < this.attempts);
  }

  /** A source that has not one block may have the next; one that does not answer is left alone for a while. */
  private rest(source: Source, error: unknown): void {
    if (isClientError(error, 'CONTENT_HASH_MISMATCH') && ++source.lies >= patience) {
      source.gone = true;
      this.options.onEvent?.({ type: 'source-rests', source: source.name, ms: null });
      this.giveUpWithoutSources();
      return;
    }
    // Requests that were under way when it went to rest fail, too.
    if (source.restUntil > performance.now() || ++source.failures < patience) return;
    source.failures = 0;
    const ms = Math.min(longestRestMs, (this.options.restMs ?? 1_000) * 2 ** source.rests++);
    source.restUntil = performance.now() + ms;
    this.options.onEvent?.({ type: 'source-rests', source: source.name, ms });
  }

  private giveUpWithoutSources(): void {
    if (this.sources.some(({ gone }) => !gone)) return;
    throw clientError('CONTENT_HASH_MISMATCH', `Every source of ${this.options.cid} serves altered bytes.`, {
      got: this.sources.map(({ name }) => name).join(', '),
    });
  }

  private async arrived(offset: number, bytes: Uint8Array, size: number): Promise<void> {
    await this.options.target.write(offset, bytes);
    this.count(bytes.byteLength, 0, size);
  }

  private count(bytes: number, kept: number, size: number): void {
    this.done += bytes;
    this.kept += kept;
    this.options.onEvent?.({ type: 'progress', done: this.done, kept: this.kept, size });
  }

  private notify(): void {
    for (const wake of this.wake.splice(0)) wake();
  }

  /** Until something changes, or for so long. */
  private async pause(ms: number): Promise<undefined> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.wake.push(resolve);
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    return undefined;
  }
}
