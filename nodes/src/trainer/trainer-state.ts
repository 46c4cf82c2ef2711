import { z } from 'zod';

/** What a training node remembers of a round. */
export const trainerStateSchema = z.strictObject({
  schema: z.literal('covey.trainer-state/1'),
  node: z.custom<`0x${string}`>((value) => /^0x[0-9a-fA-F]{40}$/.test(String(value))),
  cid: z.string(),
  salt: z.custom<`0x${string}`>((value) => /^0x[0-9a-f]{64}$/.test(String(value))),
});

export type TrainerState = z.infer<typeof trainerStateSchema>;
