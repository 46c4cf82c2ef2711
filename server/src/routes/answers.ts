import { z } from 'zod';
import { errorSchema } from '../schema/index.ts';

/** An address as people paste it, in any case. */
export const anyAddress = z.string().regex(/^0x[0-9a-fA-F]{40}$/);

/** The part of a route's schema that says what it answers. */
export function answers<S extends z.ZodType>(schema: S, summary: string) {
  return { summary, response: { 200: schema, '4xx': errorSchema, '5xx': errorSchema } };
}
