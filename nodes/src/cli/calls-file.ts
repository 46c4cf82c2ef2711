import type { Action } from '@covey/governance';
import { getAddress, isAddress, isHex, type Hex } from 'viem';
import { z } from 'zod';
import { readJson } from './context.ts';

/** How calls stand in a file: addresses and data in hex, coins in wei. */
const actionsSchema = z
  .array(
    z.object({
      to: z.string().refine((text) => isAddress(text, { strict: false }), 'expected an address'),
      value: z
        .union([z.string().regex(/^\d{1,78}$/), z.number().int().min(0)])
        .default('0')
        .transform(BigInt),
      data: z
        .string()
        .refine((text) => isHex(text) && text.length % 2 === 0, 'expected bytes in hex')
        .default('0x'),
    }),
  )
  .min(1)
  .max(256);

/** Calls from a file. */
export async function readCallsFile(path: string): Promise<Action[]> {
  const calls = await readJson(path, actionsSchema, 'a list of calls {to, value, data}');
  return calls.map(({ to, value, data }) => ({ to: getAddress(to), value, data: data as Hex }));
}
