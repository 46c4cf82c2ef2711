import type { Core } from '@covey/wasm-core';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { openEntry, openUpdate } from '../encoding.ts';
import { isProtocolError, protocolError } from '../errors.ts';
import { parameterRoot } from '../parameter-root.ts';
import type { Verdict } from '../result.ts';
import type { TaskDocument } from '../task.ts';
import { lookThrough, type Update } from '../update.ts';
import { getContent, mapConcurrently } from './content.ts';
import type { Content, FetchContent } from './content.ts';
import type { RoundSubmission } from './inputs.ts';
import type { Hex } from 'viem';

/** A submission after reading: refused with its verdict, or its file with what it holds, which is decoded when it is used. */
export type ReadSubmission =
  | { verdict: Exclude<Verdict, 'valid' | 'no-contribution' | 'left-out'> }
  | {
      verdict: 'readable';
      update: Update;
      /** Whether the file is an arena's model, as the next round starts from. */
      isModel: boolean;
      bytes: Uint8Array;
      cid: string;
    };

export interface ReadSubmissionsParameters {
  core: Core;
  task: TaskDocument;
  submissions: readonly RoundSubmission[];
  /** Indices of those that count. */
  counted: ReadonlySet<number>;
  fetch: FetchContent;
  maxBytes: number;
  /** The task's initial model, to which an arena's adapters belong. */
  initial: Float32Array;
  signal?: AbortSignal | undefined;
  onFetched?: (done: number, total: number) => void;
}

/** Files fetched at the same time. */
const CONCURRENCY = 8;

/** Fetches and reads every counted submission. What comes out does not depend on what arrives first. */
export async function readSubmissions(p: ReadSubmissionsParameters): Promise<ReadSubmission[]> {
  const wanted = [...new Set(p.submissions.flatMap((s) => (p.counted.has(s.index) ? [s.cid] : [])))];
  let done = 0;
  const fetched = await mapConcurrently(wanted, CONCURRENCY, p.signal, async (cid, signal) => {
    const content = await getContent(p.fetch, cid, p.maxBytes, signal);
    // Hashed while others are on their way.
    const root = rootOf(content);
    p.onFetched?.(++done, wanted.length);
    return { content, root };
  });
  const contents = new Map(wanted.map((cid, i) => [cid, fetched[i]]));

  // Identical content belongs to whoever committed it first: known by its CID, even where the first was not counted,
  // or by the parameters that it holds, in whatever file or encoding. Not to who committed to another root beside it,
  // which nobody could check before the reveal.
  const seenCids = new Set<string>();
  const seenDigests = new Set<string>();
  const readOne = ({ index, cid, parameterRoot: promised }: RoundSubmission): ReadSubmission => {
    const root = contents.get(cid)?.root;
    const wrongRoot = root !== undefined && root !== promised;
    const copied = seenCids.has(cid);
    if (!wrongRoot) seenCids.add(cid);
    if (!p.counted.has(index)) return { verdict: 'not-counted' };
    if (wrongRoot) return { verdict: 'wrong-root' };
    const read = readContent(p, cid, contents.get(cid)?.content);
    if (read.verdict !== 'readable') return read;
    const digest = digestOf(read.update);
    if (copied || seenDigests.has(digest)) return { verdict: 'duplicate' };
    seenDigests.add(digest);
    return read;
  };
  const inOrder = [...p.submissions].sort((a, b) => a.committedBlock - b.committedBlock || a.index - b.index);
  const results = new Map(inOrder.map((submission) => [submission.index, readOne(submission)]));
  return p.submissions.flatMap(({ index }) => results.get(index) ?? []);
}

/** Undefined where the bytes are not known, or too many. */
function rootOf(content: Content): Hex | undefined {
  return 'bytes' in content ? parameterRoot(content.bytes) : undefined;
}

/** SHA-256 of the values, decoded. */
function digestOf(update: Update): Hex {
  const hash = sha256.create();
  lookThrough(update, ({ buffer, byteOffset, byteLength }) =>
    hash.update(new Uint8Array(buffer, byteOffset, byteLength)),
  );
  return `0x${bytesToHex(hash.digest())}`;
}

/** An arena's submissions are models, which the next round starts from; a federated one may be encoded. */
function readContent(
  { core, task, maxBytes, initial }: ReadSubmissionsParameters,
  cid: string,
  content: Content | undefined,
): ReadSubmission {
  if (!content) throw protocolError('PROTOCOL_FETCH_FAILED', `${cid} was not fetched`);
  if ('problem' in content) return { verdict: content.problem === 'too-large' ? 'too-large' : 'not-safetensors' };
  const { bytes } = content;
  try {
    const { architecture, encodings, mode } = task;
    if (mode === 'federated') {
      const update = openUpdate(core, architecture, bytes, { maxBytes, encodings });
      return { verdict: 'readable', update, isModel: false, bytes, cid };
    }
    const { model, isModel } = openEntry(core, architecture, bytes, { maxBytes, encodings, initial });
    return { verdict: 'readable', update: model, isModel, bytes, cid };
  } catch (error) {
    const verdict = verdictOf(error);
    if (verdict === undefined) throw error;
    return { verdict };
  }
}

/** The verdict that stands for an error of `openEntry` or `openUpdate`. */
export function verdictOf(
  error: unknown,
): 'too-large' | 'not-safetensors' | 'wrong-tensors' | 'not-finite' | undefined {
  if (!isProtocolError(error)) return undefined;
  switch (error.code) {
    case 'PROTOCOL_TOO_LARGE':
      return 'too-large';
    case 'PROTOCOL_NOT_SAFETENSORS':
      return 'not-safetensors';
    case 'PROTOCOL_WRONG_TENSORS':
      return 'wrong-tensors';
    case 'PROTOCOL_NOT_FINITE':
      return 'not-finite';
    default:
      return undefined;
  }
}
