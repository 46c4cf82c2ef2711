// Whether nodes can hold, train and score the task: the planner's word, the cost against the windows, the limits of bytes.
import { isCoveyError } from '@covey/errors';
import {
  MAX_TASK_BYTES,
  encodeTaskDocument,
  fileCid,
  keyCommitment,
  parameterCount,
  scoringSeconds,
  statedCost,
  type PolicyValues,
  type TaskDocument,
  usualEncodings,
} from '@covey/protocol';
import { GRADIENT_SAMPLES, loraTensors, nameOfArithmetic, networkLayout, requireTrainable } from '@covey/wasm-core';
import { numberToHex, type Hex } from 'viem';
import { memoryOf } from '../../participant/limits.ts';
import { bytesText, countText, durationText } from '../../quantities.ts';
import { documentOf, type TaskDraft } from '../create-task.ts';
import { fail, ok, warn, type Finding } from './finding.ts';

/** Above this a validator needs a machine that few have. */
const MUCH_MEMORY = 8 * 2 ** 30;
/** A header of safetensors beside the weights: what names of tensors take at least. */
const LEAST_HEADER = 256;

export interface Sizes {
  /** Samples of each round's shard, and of the hold-out. */
  shard: number;
  holdout: number;
}

export async function checkCost(draft: TaskDraft, sizes: Sizes, policy: PolicyValues): Promise<Finding[]> {
  const planned = checkPlan(draft);
  if (planned.level === 'fail') return [planned];
  const document = documentOf(draft, await placeholders(draft, sizes));
  return [
    planned,
    checkMemory(draft, policy),
    checkTime(costed(draft, sizes), policy),
    checkSubmission(draft, policy),
    checkDocument(document),
  ];
}

function checkPlan({ architecture, mode, training }: TaskDraft): Finding {
  const field = 'architecture';
  const { parameterCount: parameters, work } = networkLayout(architecture.layers, architecture.arithmetic);
  const arithmetic = nameOfArithmetic(architecture.arithmetic);
  const value = `${architecture.layers.length} layers, ${countText(parameters)} parameters, ${countText(work)} multiply-adds a sample in ${arithmetic}`;
  if (mode === 'arena') return ok(field, value, 'the scorer can run it');
  try {
    requireTrainable(architecture.layers, Math.max(training.batchSize, GRADIENT_SAMPLES));
    return ok(field, value, 'the scorer can run and train it');
  } catch (error) {
    if (!isCoveyError(error)) throw error;
    const { expected = '', got = '' } = error;
    return fail(field, `${error.shortMessage}: ${got}`, expected, 'Make the network smaller, or training.batchSize.');
  }
}

function checkMemory(draft: TaskDraft, policy: PolicyValues): Finding {
  const [trainer, validator] = (['trainer', 'validator'] as const).map((role) => memoryOf(role, draft, policy));
  const value = `a training node holds ${bytesText(trainer!)}, a validator up to ${bytesText(validator!)}`;
  const bound = `up to ${bytesText(MUCH_MEMORY)} is what most validators have`;
  if (validator! > MUCH_MEMORY)
    return warn('memory', value, bound, 'Few validators will join: make the network smaller.');
  return ok('memory', value, bound);
}

function checkTime(document: ReturnType<typeof costed>, policy: PolicyValues): Finding {
  const field = 'windows.resultCommit';
  const seconds = scoringSeconds(document, policy);
  const window = BigInt(document.windows.resultCommit);
  const value = `scoring a round takes up to ${durationText(seconds)} at ${countText(policy.scoringRate)} multiply-adds a second`;
  const bound = `at most ${durationText(window)}, this window`;
  if (seconds <= window) return ok(field, value, bound);
  if (seconds <= policy.maxWindow)
    return fail(
      field,
      value,
      bound,
      `Make the window ${durationText(seconds, 4)} or longer, or shards, network or publicEpochs smaller.`,
    );
  return fail(
    field,
    value,
    bound,
    `No window may be longer than ${durationText(policy.maxWindow)}: make shards, network or publicEpochs smaller.`,
  );
}

/** Bytes that an update of every parameter takes in each encoding. */
function checkSubmission({ architecture, mode, encodings }: TaskDraft, { maxSubmissionBytes }: PolicyValues): Finding {
  const parameters = parameterCount(architecture);
  const rank1 = loraTensors(architecture.layers, 1).reduce((sum, { length }) => sum + length, 0);
  const sizes = { f32: 4 * parameters, int8: parameters, 'top-k': 0, lora: 4 * rank1 };
  const allowed = encodings ?? (mode === 'arena' ? (['f32'] as const) : usualEncodings);
  const fits = allowed.filter((encoding) => BigInt(sizes[encoding] + LEAST_HEADER) <= maxSubmissionBytes);
  const value = allowed
    .map((encoding) => {
      if (encoding === 'top-k') return encoding;
      return `${encoding} ${bytesText(sizes[encoding])}${encoding === 'lora' ? ' a rank' : ''}`;
    })
    .join(', ');
  const bound = `at most ${bytesText(Number(maxSubmissionBytes))} a submission, by the policy`;
  if (fits.length === 0)
    return fail('encodings', value, bound, 'Make the network smaller, or allow int8 or top-k updates.');
  if (fits.length === allowed.length) return ok('encodings', value, bound);
  return warn('encodings', value, bound, `Only ${fits.join(' and ')} fit: leave the others out of encodings.`);
}

/** What of a draft decides what scoring it costs. */
export function costed(
  draft: Pick<TaskDraft, 'architecture' | 'mode' | 'ranking' | 'aggregation' | 'encodings' | 'rounds' | 'windows'>,
  sizes: Sizes,
) {
  const validation = {
    shards: Array.from({ length: draft.rounds }, () => ({ samples: sizes.shard })),
    holdout: { samples: sizes.holdout },
  };
  return { ...draft, validation, cost: String(statedCost({ ...draft, validation })) };
}

/** What the document's own schema says, and its size: the same as every reader of the task will. */
function checkDocument(document: TaskDocument): Finding {
  const bound = `at most ${bytesText(MAX_TASK_BYTES)}`;
  try {
    return ok('document', bytesText(encodeTaskDocument(document).length), bound);
  } catch (error) {
    if (!isCoveyError(error)) throw error;
    const value = [error.shortMessage, error.got].filter(Boolean).join(': ');
    return fail('document', value, error.expected ?? bound, error.hint);
  }
}

/** Content that a document can name before there is any: sizes are real, roots and addresses stand in for later ones. */
async function placeholders({ rounds }: TaskDraft, { shard, holdout }: Sizes) {
  const hex = (n: number): Hex => numberToHex(n + 1, { size: 32 });
  const cid = await fileCid(new Uint8Array(1));
  const ciphertexts = await Promise.all(
    Array.from({ length: rounds + 1 }, (_, n) => fileCid(new Uint8Array([1, n & 255, n >> 8]))),
  );
  const placeholder = (n: number, samples: number) => ({
    plaintextSha256: hex(n),
    samples,
    samplesRoot: hex(n),
    ciphertext: ciphertexts[n]!,
    keyCommitment: keyCommitment(hex(n)),
  });
  const shards = Array.from({ length: rounds }, (_, n) => placeholder(n, shard));
  return { initialModel: cid, validation: { shards, holdout: placeholder(rounds, holdout) } };
}
