// A whole draft from a few choices: what a person then edits.
import {
  fitsWindows,
  sampleCount,
  vocabularyOf,
  type Architecture,
  type DataDescription,
  type Dataset,
  type PolicyValues,
  type TaskRule,
} from '@covey/protocol';
import { rules, shardRules, suitedRule, type Arithmetic } from '@covey/wasm-core';
import { shardSizes } from '../../data/validation.ts';
import { draftSchema, draftText, type DraftFile } from '../draft.ts';
import { initialPolicy } from '../check/check-terms.ts';
import { costed } from '../check/check-cost.ts';
import { taskOf } from '../draft.ts';
import { architectureFor, type ImageShape, type Kind, type NetworkSize } from './architectures.ts';

export const paces = ['minutes', 'hours', 'days'] as const;
export type Pace = (typeof paces)[number];

export const ruleNames = [...shardRules, ...rules].map(({ name }) => name);

/** Seconds of each window. Validators score in resultCommit, training nodes train in commit: those are the longer ones. */
const windows: Record<Pace, { short: number; commit: number; result: number }> = {
  minutes: { short: 2 * 60, commit: 5 * 60, result: 5 * 60 },
  hours: { short: 3_600, commit: 6 * 3_600, result: 2 * 3_600 },
  days: { short: 12 * 3_600, commit: 3 * 86_400, result: 86_400 },
};

export interface DraftChoices {
  name: string;
  description: string;
  kind: Kind;
  size: NetworkSize;
  mode: DraftFile['mode'];
  data: Dataset;
  /** Where the data is, from the draft's folder. */
  file: string;
  /** How they were made, and where that stands, from the draft's folder. */
  described?: DataDescription | undefined;
  descriptionFile?: string | undefined;
  /** The tokenizer that it names, from the draft's folder. */
  tokenizerFile?: string | undefined;
  rounds: number;
  pace: Pace;
  budget: bigint;
  architecture?: Architecture | undefined;
  /** In what models are scored, in place of what the architecture says. */
  arithmetic?: Arithmetic | undefined;
  image?: ImageShape | undefined;
  rule?: string | undefined;
  metric?: DraftFile['metric'];
  encodings?: DraftFile['encodings'];
  licence?: string | undefined;
  policy?: PolicyValues;
}

export function draftFor(choices: DraftChoices): DraftFile {
  const { policy = initialPolicy, mode, pace, kind, data, rounds, file, descriptionFile, tokenizerFile } = choices;
  const { short, commit, result } = windows[pace];
  const network = choices.architecture ?? architectureFor(choices);
  const architecture = choices.arithmetic ? { ...network, arithmetic: choices.arithmetic } : network;
  const text = kind === 'text';
  const draft: DraftFile = {
    schema: 'covey.task-draft/1',
    name: choices.name,
    description: choices.description,
    ...(choices.licence !== undefined && { licence: choices.licence }),
    mode,
    architecture,
    ranking: mode === 'arena' ? 'loss' : 'contribution',
    aggregation: ruleFor(mode === 'arena' ? 'fedavg' : choices.rule, policy),
    metric: choices.metric ?? metricFor(vocabularyOf(architecture)),
    ...(choices.encodings && { encodings: choices.encodings }),
    rounds,
    windows: {
      ...{ join: short, commit, reveal: short, attest: short, attestReveal: short, key: short },
      ...{ resultCommit: result, resultReveal: short },
    },
    admitted: null,
    minTrainerStake: policy.minTrainerStake,
    minValidatorStake: policy.minValidatorStake,
    budget: choices.budget,
    training:
      text || kind === 'image'
        ? { epochs: 2, batchSize: 32, learningRate: 0.002, momentum: 0.9, optimizer: 'adam' }
        : { epochs: 2, batchSize: 32, learningRate: 0.05, momentum: 0.9 },
    seed: 1,
    validation: {
      file,
      ...(descriptionFile !== undefined && { description: descriptionFile }),
      ...(tokenizerFile !== undefined && { tokenizer: tokenizerFile }),
      order: 1,
    },
  };
  return fitted(draft, sampleCount(data), policy, choices.rule);
}

/** The file's text; it reads as what it was made from. */
export function draftJson(draft: DraftFile): string {
  const text = `${JSON.stringify(draftText(draft), null, 2)}\n`;
  draftSchema.parse(JSON.parse(text));
  return text;
}

/** One public epoch (decision 0041), none where that cannot be scored within half of the window. */
function fitted(draft: DraftFile, samples: number, policy: PolicyValues, rule: string | undefined): DraftFile {
  if (draft.aggregation.rule !== 'attributed-mean') return draft;
  const sizes = shardSizes({ samples, rounds: draft.rounds, ...draft.validation });
  // Too little data for so many rounds: `covey task check` says so.
  if (sizes.shard < 1 || sizes.holdout < 1) return draft;
  const tries = [1, 0].map((publicEpochs) => ({
    ...draft,
    aggregation: { ...ruleFor(rule, policy), publicEpochs } as TaskRule,
  }));
  const half = { resultCommit: Math.floor(draft.windows.resultCommit / 2) };
  return tries.find((one) => fitsWindows({ ...costed(taskOf(one), sizes), windows: half }, policy)) ?? tries.at(-1)!;
}

/** A rule with the parameters that bear a fifth of the seats. */
function ruleFor(name: string | undefined, { trainerSeats }: PolicyValues): TaskRule {
  const classic = rules.find((rule) => rule.name === name);
  if (!classic) return { rule: 'attributed-mean', publicEpochs: 1, clip: 0 };
  const seats = Number(trainerSeats);
  return suitedRule(classic.name, [], seats, Math.floor(seats / 5)) as TaskRule;
}

function metricFor(vocabulary: number | undefined): DraftFile['metric'] {
  if (vocabulary === undefined) return 'loss';
  return vocabulary === 256 ? 'bits-per-byte' : 'perplexity';
}
