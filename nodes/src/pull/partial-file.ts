import { mkdir, open, readFile, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { FileTarget } from '@covey/client';
import { z } from 'zod';
import { diskError, requireSpace } from '../state/disk.ts';
import { openOwn } from '../state/open-own.ts';
import { syncFolder, writeAside } from '../state/write-aside.ts';

const place = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

const recordSchema = z.strictObject({
  schema: z.literal('covey.partial/1'),
  cid: z.string(),
  size: place,
  /** Stretches that are there, [from, to), in ascending order and apart. */
  ranges: z.array(z.tuple([place, place])),
});

type Ranges = [from: number, to: number][];

/** What came is flushed and recorded after so many bytes, or so long. */
const recordedEvery = { bytes: 64 * 1024 * 1024, ms: 1_000 };

/**
 * A file that comes in pieces, as `<path>.part`, beside a record of what is there: `<path>.part.json`. The record is only
 * written after the bytes are on the disk, and is a hint all the same: whoever goes on hashes what it names.
 */
export class PartialFile implements FileTarget {
  readonly path: string;
  readonly part: string;
  private readonly record: string;
  private readonly cid: string;
  private file: FileHandle | undefined;
  private size = 0;
  private ranges: Ranges = [];
  private unrecorded = 0;
  private recordedAt = performance.now();
  private recording: Promise<void> = Promise.resolve();

  constructor(path: string, cid: string) {
    this.path = resolve(path);
    this.part = `${this.path}.part`;
    this.record = `${this.part}.json`;
    this.cid = cid;
  }

  async open(size: number): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    this.size = size;
    this.ranges = await this.recorded();
    const there = this.ranges.reduce((sum, [from, to]) => sum + to - from, 0);
    await requireSpace(dirname(this.path), size - there);
    this.file = this.ranges.length === 0 ? undefined : ((await openOwn(this.part)) ?? undefined);
    if (!this.file) {
      this.ranges = [];
      await rm(this.part, { force: true });
      // Not append: bytes are written where they belong.
      this.file = await open(this.part, 'wx+', 0o600);
    }
    await this.file.truncate(size);
  }

  async read(offset: number, length: number): Promise<Uint8Array | null> {
    if (!this.ranges.some(([from, to]) => from <= offset && offset + length <= to)) return null;
    const bytes = new Uint8Array(length);
    const { bytesRead } = await this.opened().read(bytes, 0, length, offset);
    return bytesRead === length ? bytes : null;
  }

  async write(offset: number, bytes: Uint8Array): Promise<void> {
    try {
      await this.opened().write(bytes, 0, bytes.length, offset);
    } catch (cause) {
      throw diskError(cause, dirname(this.path));
    }
    this.ranges = withRange(this.ranges, [offset, offset + bytes.length]);
    this.unrecorded += bytes.length;
    const isDue = performance.now() - this.recordedAt >= recordedEvery.ms;
    if (this.unrecorded >= recordedEvery.bytes || isDue) await this.checkpoint();
  }

  /** Flushes what is there and says so. */
  private checkpoint(): Promise<void> {
    this.unrecorded = 0;
    this.recordedAt = performance.now();
    this.recording = this.recording.then(async () => {
      const ranges = [...this.ranges];
      await this.opened().datasync();
      const record = { schema: 'covey.partial/1', cid: this.cid, size: this.size, ranges };
      await rename(await writeAside(this.record, `${JSON.stringify(record)}\n`), this.record);
    });
    return this.recording;
  }

  async close(): Promise<void> {
    const file = this.file;
    if (!file) return;
    try {
      await this.checkpoint();
    } finally {
      this.file = undefined;
      await file.close();
    }
  }

  /** What came is the whole file: it gets its name. */
  async keep(): Promise<void> {
    await this.close();
    await rename(this.part, this.path);
    await rm(this.record, { force: true });
    await syncFolder(dirname(this.path));
  }

  async drop(): Promise<void> {
    await this.close();
    await rm(this.part, { force: true });
    await rm(this.record, { force: true });
  }

  private opened(): FileHandle {
    if (!this.file) throw new Error(`${this.part} is not open`);
    return this.file;
  }

  /** Of another file, or unreadable: nothing. */
  private async recorded(): Promise<Ranges> {
    try {
      const record = recordSchema.parse(JSON.parse(await readFile(this.record, 'utf8')));
      const file = await open(this.part, 'r');
      await file.close();
      return record.cid === this.cid && record.size === this.size ? record.ranges : [];
    } catch {
      return [];
    }
  }
}

/** Joins ranges that touch. */
function withRange(ranges: Ranges, added: Ranges[number]): Ranges {
  let [from, to] = added;
  const apart = ranges.filter(([start, end]) => {
    if (end < from || start > to) return true;
    from = Math.min(from, start);
    to = Math.max(to, end);
    return false;
  });
  return [...apart, [from, to] as Ranges[number]].sort((a, b) => a[0] - b[0]);
}
