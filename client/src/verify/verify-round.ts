import type { CoveyChain } from '../chain/chain.ts';
import {
  cidFromChain,
  decodeResultDocument,
  lastDeltaOf,
  resultHash as hashOf,
  scoreRound,
  type ResultDocument,
  type RoundInputs,
  type ResultSubmission,
  type ScoreProgress,
  type TaskDocument,
} from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import type { Address, Hex } from 'viem';
import { readRoundInputs } from '../chain/read-round-inputs.ts';
import { readAccepted, readRound } from '../chain/read-round.ts';
import { readTask, readTaskDocument } from '../chain/read-task.ts';
import { cachedReader } from '../content/cached-reader.ts';
import type { ContentReader } from '../content/content-store.ts';
import { isClientError, clientError } from '../errors.ts';
import { resultDocumentCid } from '../chain/result-document-cid.ts';

export interface VerifyProgress {
  step: ScoreProgress['step'] | 'chain' | 'task' | 'model' | 'done';
  done: number;
  total: number;
}

/** One value that is not as it should be. */
export interface Difference {
  field: string;
  expected: string;
  got: string;
}

/** Content that was served under a CID which it does not hash to, or could not be had. */
export interface ContentProblem {
  cid: string;
  role: 'task' | 'result' | 'submission' | 'shard' | 'base' | 'model' | 'openedShard' | 'lastResult' | 'lastAggregate';
  code: string;
  message: string;
  expected?: string;
  got?: string;
}

export interface SubmissionVerification {
  index: number;
  node: Address;
  match: boolean;
  /** Of the accepted document from what was recomputed here; `content` when the stored bytes were altered. */
  differences: Difference[];
}

export interface RoundVerification {
  /** The accepted hash was recomputed, from content that is whole. */
  match: boolean;
  acceptedHash: Hex;
  /** null where an input was altered, so that nothing can be computed. */
  computedHash: Hex | null;
  /** CID of the accepted result document. */
  documentCid: string;
  accepted: ResultDocument | null;
  computed: ResultDocument | null;
  perSubmission: SubmissionVerification[];
  /** Differences outside of the submissions: base, model, sums. */
  differences: Difference[];
  problems: ContentProblem[];
}

export interface VerifyRoundParameters {
  covey: CoveyChain;
  taskId: bigint;
  round: number;
  store: ContentReader;
  core: Core;
  onProgress?: (progress: VerifyProgress) => void;
  signal?: AbortSignal;
}

/**
 * Recomputes a round from chain and content alone and compares it with what was accepted. Content that was altered is a
 * mismatch; content that cannot be reached leaves the question open and throws.
 */
export async function verifyRound(parameters: VerifyRoundParameters): Promise<RoundVerification> {
  const { covey, taskId, round, core, onProgress = () => undefined, signal } = parameters;
  const read = signal ? { signal } : {};
  const store = cachedReader(parameters.store);
  const problems: ContentProblem[] = [];

  onProgress({ step: 'chain', done: 0, total: 1 });
  const info = await readRound(covey, taskId, round);
  const { acceptedHash } = info;
  const summary = await readAccepted(covey, info);
  if (!summary || !acceptedHash) {
    throw clientError('ROUND_NOT_READY', `Round ${round} of task ${taskId} has no accepted result to verify.`, {
      got: `phase ${info.phase}`,
      hint: 'Wait until the validators have revealed and the result was accepted.',
    });
  }
  const documentCid = resultDocumentCid(summary);
  const verification = { acceptedHash, documentCid, problems };

  onProgress({ step: 'task', done: 0, total: 1 });
  const onChain = await readTask(covey, taskId);
  const task = await orProblem(problems, { role: 'task', cid: onChain.document }, () =>
    readTaskDocument(store, onChain, read),
  );
  onProgress({ step: 'document', done: 0, total: 1 });
  const accepted = await orProblem(problems, { role: 'result', cid: documentCid }, async () =>
    decodeResultDocument(await store.get(documentCid, read)),
  );
  if (!task) return unverified({ ...verification, accepted });

  const inputs = await readRoundInputs(covey, taskId, round, task);
  if (inputs.scorer.toLowerCase() !== core.sha256.toLowerCase()) {
    throw clientError('SCORER_MISMATCH', 'The loaded scorer is not the one that this round was opened with.', {
      expected: inputs.scorer,
      got: core.sha256,
      hint: 'Build or download the scorer with the approved SHA-256.',
    });
  }
  const get = (role: ContentProblem['role'], cid: string) =>
    orProblem(problems, { role, cid }, () => store.get(cid, read));
  if (!(await inputsAreWhole(task, inputs, get))) return unverified({ ...verification, accepted });

  // Altered submissions are scored as empty files, so that the others can still be compared one by one.
  const altered = new Map<string, ContentProblem>();
  const submitted = new Set(inputs.submissions.map(({ cid }) => cid));
  const computed = await scoreRound({
    core,
    task,
    inputs,
    fetch: async (cid, options) => {
      if (!submitted.has(cid)) return await store.get(cid, options);
      const found: ContentProblem[] = [];
      const bytes = await orProblem(found, { role: 'submission', cid }, () => store.get(cid, options));
      if (bytes) return bytes;
      if (!altered.has(cid)) problems.push(...found);
      altered.set(cid, found[0]!);
      throw clientError('CONTENT_NOT_A_FILE', `${cid} was altered.`);
    },
    onProgress: ({ step, done, total }) => onProgress({ step: step === 'document' ? 'score' : step, done, total }),
    ...(signal ? { signal } : {}),
  });

  onProgress({ step: 'model', done: 0, total: 1 });
  const model = cidFromChain(summary.model);
  await orProblem(problems, { role: 'model', cid: model }, () => store.get(model, read));

  const computedHash = hashOf(computed.summary);
  const perSubmission = computed.document.submissions.map((got): SubmissionVerification => {
    const expected = accepted?.submissions[got.index];
    const problem = altered.get(got.cid);
    const differences = [
      ...(problem
        ? [{ field: 'content', expected: problem.expected ?? got.cid, got: problem.got ?? problem.code }]
        : []),
      ...(expected ? submissionDifferences(expected, got) : []),
    ];
    return { index: got.index, node: got.node, match: differences.length === 0, differences };
  });
  onProgress({ step: 'done', done: 1, total: 1 });
  return {
    ...verification,
    match: computedHash === acceptedHash && !problems.some(({ code }) => code === 'CONTENT_HASH_MISMATCH'),
    computedHash,
    accepted,
    computed: computed.document,
    perSubmission,
    differences: accepted ? documentDifferences(accepted, computed.document) : [],
  };
}

/** Whether everything but the submissions that scoring reads can be had as it was. */
async function inputsAreWhole(
  task: TaskDocument,
  { base, round, opened, last }: RoundInputs,
  get: (role: ContentProblem['role'], cid: string) => Promise<Uint8Array | null>,
): Promise<boolean> {
  const { shards } = task.validation;
  const found = [await get('base', base), await get('shard', shards[round]!.ciphertext)];
  if (task.ranking === 'contribution') {
    for (const earlier of opened) found.push(await get('openedShard', shards[earlier.round]!.ciphertext));
    const document = last === null ? undefined : await get('lastResult', last);
    if (document !== undefined) found.push(document);
    const delta = document && lastDeltaOf(document);
    if (delta) found.push(await get('lastAggregate', delta));
  }
  return found.every((bytes) => bytes !== null);
}

/** Altered bytes are noted and give null; inputs that cannot be reached throw. */
async function orProblem<T>(
  problems: ContentProblem[],
  content: Pick<ContentProblem, 'role' | 'cid'>,
  read: () => Promise<T>,
): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    // The result and the model are outputs: the hash can be compared without them.
    const outputs = ['CONTENT_NOT_FOUND', 'CONTENT_TIMEOUT'] as const;
    const isOutput = content.role === 'result' || content.role === 'model';
    if (!isClientError(error, 'CONTENT_HASH_MISMATCH', ...(isOutput ? outputs : []))) throw error;
    const { code, message, expected, got } = error;
    problems.push({
      ...content,
      code,
      message,
      ...(expected === undefined ? {} : { expected }),
      ...(got === undefined ? {} : { got }),
    });
    return null;
  }
}

function unverified(
  partial: Pick<RoundVerification, 'acceptedHash' | 'documentCid' | 'problems' | 'accepted'>,
): RoundVerification {
  const perSubmission = (partial.accepted?.submissions ?? []).map(({ index, node }) => ({
    index,
    node,
    match: false,
    differences: [{ field: 'inputs', expected: 'whole', got: partial.problems[0]?.code ?? 'altered' }],
  }));
  return { ...partial, match: false, computedHash: null, computed: null, perSubmission, differences: [] };
}

function submissionDifferences(expected: ResultSubmission, got: ResultSubmission): Difference[] {
  return fieldDifferences(expected, got, Object.keys(got) as (keyof ResultSubmission)[]);
}

function documentDifferences(expected: ResultDocument, got: ResultDocument): Difference[] {
  const keys = (Object.keys(got) as (keyof ResultDocument)[]).filter((key) => key !== 'submissions');
  return fieldDifferences(expected, got, keys);
}

function fieldDifferences<T>(expected: T, got: T, keys: (keyof T & string)[]): Difference[] {
  return keys.flatMap((field) => {
    const [a, b] = [show(expected[field]), show(got[field])];
    return a === b ? [] : [{ field, expected: a, got: b }];
  });
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  // Sorted keys: equal objects must print alike.
  return JSON.stringify(value, (_, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
