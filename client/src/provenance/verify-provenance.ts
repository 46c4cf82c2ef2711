import {
  decryptShard,
  isProtocolError,
  modelFromBytes,
  modelLimit,
  samplesRoot,
  sha256Hex,
  type Provenance,
  type ProvenanceShard,
  type TaskProvenance,
} from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import type { Hex } from 'viem';
import { cachedReader } from '../content/cached-reader.ts';
import type { ContentReader } from '../content/content-store.ts';
import { isClientError } from '../errors.ts';
import { verifyRound, type Difference } from '../verify/verify-round.ts';
import { compareProvenance } from './compare.ts';
import type { ModelReference, ReadProvenanceParameters } from './parameters.ts';
import { readProvenance, type ReadProvenance } from './read-provenance.ts';

export interface VerifyProvenanceParameters extends Omit<ReadProvenanceParameters, 'model'> {
  /** What somebody says; where nobody does, what was read. */
  document: Provenance;
  /** What was read already, so that it is not read again. */
  read?: ReadProvenance | undefined;
  /** Recomputes every accepted round; each needs the core that it was scored with. */
  core?: Core | undefined;
}

/** A shard as its key opens it. */
export interface ShardVerification {
  round: number;
  /** False where no key was published, so that nobody can look. */
  opened: boolean;
  /** null where it was not opened. */
  match: boolean | null;
  differences: Difference[];
}

export interface ReplayedRound {
  round: number;
  match: boolean;
  acceptedHash: Hex;
  computedHash: Hex | null;
}

export interface ProvenanceVerification {
  /** Nothing differs, of what was looked at. */
  match: boolean;
  /** CID of the document that chain and content give. */
  cid: string;
  /** Of what was said from what was read. */
  differences: Difference[];
  /** Why the file is no model of the architecture; null where it is one. */
  model: string | null;
  shards: ShardVerification[];
  /** null where no core was given. */
  replayed: ReplayedRound[] | null;
}

/**
 * Reads a model's provenance again and compares; opens every shard whose key is public and holds it to its commitments;
 * with a core, recomputes the rounds. What cannot be reached leaves the question open and throws.
 */
export async function verifyProvenance(parameters: VerifyProvenanceParameters): Promise<ProvenanceVerification> {
  const { covey, document, core, onProgress = () => undefined, signal } = parameters;
  const reader = cachedReader(parameters.reader);
  const read = parameters.read ?? (await readProvenance({ ...parameters, reader, model: referenceOf(document) }));
  const found = compareProvenance(document, read.provenance);
  // Of a model that its maker registered there is no more to look at: nobody else did anything.
  if (read.provenance.by === 'maker')
    return { match: found.length === 0, cid: read.cid, differences: found, model: null, shards: [], replayed: null };
  const { origin, model } = read.provenance;

  const told = [...origin.accepted, ...origin.voided].toSorted((a, b) => a.round - b.round);
  const shards: ShardVerification[] = [];
  for (const [done, { round: number, shard, ...rest }] of told.entries()) {
    onProgress({ step: 'shard', done, total: told.length });
    // Accepted as invalid, or void for it: then a key that opens nothing is what the chain says.
    const invalid =
      ('reason' in rest && rest.reason === 'shardInvalid') || ('baseline' in rest && rest.baseline === null);
    const verified = await openShard(reader, number, shard, signal);
    shards.push(invalid ? { ...verified, match: null } : verified);
  }

  let replayed: ReplayedRound[] | null = null;
  if (core) {
    replayed = [];
    for (const [done, { round: number }] of origin.accepted.entries()) {
      onProgress({ step: 'replay', done, total: origin.accepted.length });
      const verification = await verifyRound({
        covey,
        taskId: BigInt(origin.taskId),
        round: number,
        store: reader,
        core,
        ...(signal && { signal }),
      });
      const { match, acceptedHash, computedHash } = verification;
      replayed.push({ round: number, match, acceptedHash, computedHash });
    }
  }

  const problem = await modelProblem(reader, model, signal);
  const match =
    found.length === 0 &&
    problem === null &&
    shards.every((shard) => shard.match !== false) &&
    (replayed ?? []).every((replay) => replay.match);
  return { match, cid: read.cid, differences: found, model: problem, shards, replayed };
}

const referenceOf = (document: Provenance): ModelReference =>
  document.by === 'task'
    ? { taskId: BigInt(document.origin.taskId), round: document.origin.round }
    : { cid: document.model.cid };

async function openShard(
  reader: ContentReader,
  round: number,
  { key, ciphertext, plaintextSha256, samplesRoot: root }: ProvenanceShard,
  signal: AbortSignal | undefined,
): Promise<ShardVerification> {
  if (key === null) return { round, opened: false, match: null, differences: [] };
  const of = (field: string, expected: string, got: string): Difference[] =>
    expected === got ? [] : [{ field, expected, got }];
  const closed = (got: string): ShardVerification => ({
    round,
    opened: true,
    match: false,
    differences: [{ field: 'ciphertext', expected: plaintextSha256, got }],
  });
  try {
    const plaintext = decryptShard(await reader.get(ciphertext, signal ? { signal } : {}), key);
    const differences = [
      ...of('plaintextSha256', plaintextSha256, sha256Hex(plaintext)),
      ...of('samplesRoot', root, samplesRoot(plaintext)),
    ];
    return { round, opened: true, match: differences.length === 0, differences };
  } catch (error) {
    if (isProtocolError(error) || isClientError(error, 'CONTENT_HASH_MISMATCH')) return closed(error.code);
    throw error;
  }
}

async function modelProblem(
  reader: ContentReader,
  { cid, architecture }: TaskProvenance['model'],
  signal: AbortSignal | undefined,
): Promise<string | null> {
  try {
    const maxBytes = modelLimit(architecture);
    modelFromBytes(architecture, await reader.get(cid, { maxBytes, ...(signal && { signal }) }), { maxBytes });
    return null;
  } catch (error) {
    if (isProtocolError(error) || isClientError(error, 'CONTENT_HASH_MISMATCH')) return error.message;
    throw error;
  }
}
