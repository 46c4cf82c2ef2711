import { z } from 'zod';

const hex32 = z.custom<`0x${string}`>((value) => /^0x[0-9a-f]{64}$/.test(String(value)));

/** What a training node remembers of a round. */
export const trainerStateSchema = z.strictObject({
  schema: z.literal('covey.trainer-state/2'),
  node: z.custom<`0x${string}`>((value) => /^0x[0-9a-fA-F]{40}$/.test(String(value))),
  cid: z.string(),
  parameterRoot: hex32,
  salt: hex32,
});

export type TrainerState = z.infer<typeof trainerStateSchema>;
