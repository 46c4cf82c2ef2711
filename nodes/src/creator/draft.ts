// The file that a creator edits: a task without what follows from its data. `covey task new` writes it, `check` and `create`
// read it.
import { taskDocumentSchema } from '@covey/protocol';
import { windowNames } from '@covey/contracts/abi';
import { getAddress, isAddress, type Address } from 'viem';
import { z } from 'zod';
import { coveyText, durationText, parseAmount, parseDuration } from '../quantities.ts';
import type { TaskDraft } from './create-task.ts';

const { shape } = taskDocumentSchema;

const amount = z.string().transform((text, context) => {
  const wei = parseAmount(text);
  if (wei !== undefined) return wei;
  context.addIssue({ code: 'custom', message: 'expected an amount such as "1000 COVEY", "0.5 COVEY" or "10 wei"' });
  return z.NEVER;
});

const duration = z.string().transform((text, context) => {
  const seconds = parseDuration(text);
  if (seconds !== undefined) return seconds;
  context.addIssue({ code: 'custom', message: 'expected a time such as "90 s", "10 min", "1 h 30 min" or "2 d"' });
  return z.NEVER;
});

const seed = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);

export const draftSchema = z.strictObject({
  schema: z.literal('covey.task-draft/1'),
  name: shape.name,
  description: shape.description,
  licence: shape.licence,
  mode: shape.mode,
  architecture: shape.architecture,
  ranking: shape.ranking,
  aggregation: shape.aggregation,
  metric: shape.metric.optional(),
  encodings: shape.encodings,
  rounds: shape.rounds,
  windows: z.record(z.enum(windowNames), duration),
  /** The nodes that may train; nobody is left out unless given. */
  admitted: z
    .array(
      z
        .custom<Address>((value) => isAddress(String(value), { strict: false }), 'expected an address')
        .transform((text) => getAddress(text.toLowerCase())),
    )
    .min(1)
    .nullable()
    .default(null),
  minTrainerStake: amount,
  minValidatorStake: amount,
  budget: amount,
  training: shape.training,
  /** Of the initial weights. */
  seed,
  /** A model to begin with in place of those: a safetensors file, by its path from the draft's folder. */
  initialModel: z.string().min(1).optional(),
  validation: z.strictObject({
    /** The hidden samples: a dataset file, by its path from the draft's folder. */
    file: z.string().min(1),
    /** How they were made (`covey.data/1`), for whoever trains on data of their own or predicts: published with the task. */
    description: z.string().min(1).optional(),
    /** The tokenizer.json that the description names, which is published with it. */
    tokenizer: z.string().min(1).optional(),
    /** Of each round's shard; an equal part for every round and the hold-out unless given. */
    shardSamples: z.number().int().min(1).optional(),
    /** Of the final hold-out; the rest unless given. */
    holdoutSamples: z.number().int().min(1).optional(),
    /** Orders the samples before they are cut into shards. */
    order: seed.default(1),
  }),
});

export type DraftFile = z.output<typeof draftSchema>;
/** As it stands in the file. */
export type DraftText = z.input<typeof draftSchema>;

/** The task of a draft, with what its files hold. */
export function taskOf(
  { schema: _, validation: _data, initialModel: _model, ...draft }: DraftFile,
  read: Pick<TaskDraft, 'base' | 'data' | 'tokenizer'> = {},
): TaskDraft {
  return { ...draft, ...read };
}

/** As a person writes it: amounts with their unit, times in the units that fit. */
export function draftText({ windows, budget, minTrainerStake, minValidatorStake, ...rest }: DraftFile): DraftText {
  return {
    ...rest,
    windows: Object.fromEntries(
      windowNames.map((name) => [name, durationText(windows[name], 4)]),
    ) as DraftText['windows'],
    minTrainerStake: coveyText(minTrainerStake),
    minValidatorStake: coveyText(minValidatorStake),
    budget: coveyText(budget),
  };
}
