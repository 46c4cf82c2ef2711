import { DrizzleQueryError } from 'drizzle-orm';

/** SQLSTATE classes that a value itself causes: data exception, integrity violation, program limit exceeded. */
const dataClasses = /^(22|23|54)[0-9A-Z]{3}$/;

/**
 * Whether an event's own data made its handler fail, so that every other attempt would end alike. What the database
 * refuses for any other reason (no connection, no space, a deadlock, missing tables) is worth another attempt.
 */
export function isDataError(error: unknown): boolean {
  let query = false;
  for (let at = error; at instanceof Error; at = at.cause) {
    query ||= at instanceof DrizzleQueryError;
    if ('code' in at && typeof at.code === 'string' && /^[0-9A-Z]{5}$/.test(at.code)) return dataClasses.test(at.code);
  }
  // Handlers compute and ask the database, nothing else: what failed outside a query failed on the event.
  return !query;
}
