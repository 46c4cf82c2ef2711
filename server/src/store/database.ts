import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { sql } from 'drizzle-orm';
import { drizzle as drizzlePg } from 'drizzle-orm/node-postgres';
import { drizzle as drizzlePglite } from 'drizzle-orm/pglite';
import type { Database } from './handle.ts';
import { installUndo } from './undo.ts';
import * as schema from './schema.ts';

export interface Store {
  db: Database;
  close(): Promise<void>;
}

export interface OpenStoreOptions {
  /** Folder of the embedded database; in memory without one. */
  directory?: string | undefined;
  /** PostgreSQL instead of the embedded database. */
  databaseUrl?: string | undefined;
  /** What the index is of. An index of something else, or with other tables, is dropped and built again. */
  subject: string;
  onRebuild?: ((reason: string) => void) | undefined;
}

const migrations = fileURLToPath(new URL('../../migrations/', import.meta.url));

/**
 * Opens the index. It holds nothing that chain and IPFS do not: whenever it does not fit or does not open, it is thrown
 * away, and the indexer fills it anew.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const statements = await readStatements();
  const fingerprint = createHash('sha256').update(options.subject).update(statements.join('\n')).digest('hex');
  if (options.databaseUrl !== undefined) {
    const pooled = drizzlePg(options.databaseUrl, { schema, casing: 'snake_case' });
    const db = pooled as unknown as Database;
    await prepare(db, statements, fingerprint, options.onRebuild);
    return { db, close: () => pooled.$client.end() };
  }
  const { directory } = options;
  if (directory !== undefined) await mkdir(directory, { recursive: true });
  try {
    return await openEmbedded(directory, statements, fingerprint, options.onRebuild);
  } catch (error) {
    if (directory === undefined) throw error;
    // PGlite does not flush, so a killed process can leave a directory that opens no more.
    options.onRebuild?.(`the database does not open: ${error instanceof Error ? error.message : String(error)}`);
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true });
    return openEmbedded(directory, statements, fingerprint, options.onRebuild);
  }
}

async function openEmbedded(
  directory: string | undefined,
  statements: string[],
  fingerprint: string,
  onRebuild: OpenStoreOptions['onRebuild'],
): Promise<Store> {
  const client = directory === undefined ? new PGlite() : new PGlite(directory);
  try {
    await client.waitReady;
    const db = drizzlePglite(client, { schema, casing: 'snake_case' }) as unknown as Database;
    await prepare(db, statements, fingerprint, onRebuild);
    return { db, close: () => client.close() };
  } catch (error) {
    await client.close().catch(() => undefined);
    throw error;
  }
}

async function readStatements(): Promise<string[]> {
  const names = (await readdir(migrations)).filter((name) => name.endsWith('.sql')).sort();
  const files = await Promise.all(names.map((name) => readFile(migrations + name, 'utf8')));
  return files.flatMap((file) => file.split('--> statement-breakpoint')).map((text) => text.trim());
}

async function prepare(
  db: Database,
  statements: string[],
  fingerprint: string,
  onRebuild: OpenStoreOptions['onRebuild'],
): Promise<void> {
  const present = await storedFingerprint(db);
  if (present === fingerprint) return;
  if (present !== undefined) onRebuild?.('the index is of another deployment or has other tables');
  await db.transaction(async (tx) => {
    await tx.execute(sql`drop schema if exists covey cascade`);
    for (const statement of statements) await tx.execute(sql.raw(statement));
    await installUndo(tx);
    await tx.insert(schema.cursor).values({ id: 0, fingerprint, blockNumber: -1, blockHash: '', timestamp: 0 });
  });
}

async function storedFingerprint(db: Database): Promise<string | undefined> {
  const result = await db.execute(sql`select to_regclass('covey.cursor') is not null as present`);
  const [row] = (result as unknown as { rows: { present: boolean }[] }).rows;
  if (row?.present !== true) return undefined;
  const [cursor] = await db.select().from(schema.cursor);
  return cursor?.fingerprint ?? 'empty';
}
