import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

/** What PGlite and PostgreSQL have in common, and a transaction of either. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;
