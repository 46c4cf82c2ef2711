import { readProvenance, verifyProvenance, type ProvenanceVerification } from '@covey/client';
import {
  decodeProvenance,
  type MakerProvenance,
  type Provenance,
  type ProvenanceDecision,
  type TaskProvenance,
} from '@covey/protocol';
import { readTaskDecision } from '@covey/governance';
import { readFile, writeFile } from 'node:fs/promises';
import { formatEther } from 'viem';
import { nodeError } from '../../errors.ts';
import { openChain, openCore, openReader } from '../context.ts';
import { defineCommand, flag, optional } from '../define-command.ts';
import { exitCodes } from '../exit-codes.ts';
import { modelOption } from '../model-reference.ts';
import { chainOptions, readerOptions } from '../options.ts';
import { phrase, say } from '../words/say.ts';

export const provenance = defineCommand({
  name: 'provenance',
  summary: 'Say where a model comes from, by chain and content; verify it (exit 3: mismatch)',
  examples: [
    'provenance 1 --out provenance.json',
    'provenance 1/0 --verify',
    'provenance bafkreievxogtbxxlfzjeaedyukxgiwzq53fgvqv6gmxnlkbkomtluxo6ri --verify --replay   # compute every round again',
    'provenance 1 --against provenance.json   # what somebody gave you',
  ],
  options: {
    ...modelOption,
    ...chainOptions,
    ...readerOptions,
    verify: flag('--verify', 'open every shard whose key is public, and hold it and the file to what was promised'),
    replay: flag('--replay', 'the same, and compute every round again with the core'),
    against: optional('--against <file>', 'the same as --verify for this document: name each fact that differs'),
    out: optional('--out <file>', 'write the document: its bytes hash to its CID'),
  },
  async run(options, out) {
    const { model, replay, against, out: file = null } = options;
    const given = against === undefined ? undefined : await readDocument(against);
    const sources = {
      covey: await openChain(options),
      reader: openReader(options),
      decision: readTaskDecision,
      onProgress: ({ step, done, total }: { step: string; done: number; total: number }) =>
        out.progress(say`${phrase(step)} ${done}/${total}`),
    };
    const read = await readProvenance({ ...sources, model });
    const core = replay ? await openCore() : undefined;
    const verification =
      options.verify || replay || given
        ? await verifyProvenance({ ...sources, document: given ?? read.provenance, read, core })
        : null;
    if (file !== null) await writeFile(file, read.bytes);
    const { provenance: told, cid } = read;
    out.result('covey.provenance-read/1', { cid, provenance: told, verification, out: file }, [
      ...(told.by === 'task' ? linesOf(told) : makersLines(told)),
      say`provenance document ${cid}`,
      ...(file === null ? [] : [say`written to ${file}`]),
      ...(verification ? verificationLines(verification) : []),
    ]);
    if (verification?.match === false) process.exitCode = exitCodes.mismatch.code;
  },
});

async function readDocument(path: string): Promise<Provenance> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path));
  } catch (cause) {
    throw nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected: 'a provenance document', cause });
  }
  return decodeProvenance(bytes);
}

function makersLines({ model, origin }: MakerProvenance): string[] {
  return [
    model.sealed
      ? say`model ${model.cid}: ${model.bytes} bytes, sealed`
      : say`model ${model.cid}: ${model.bytes} bytes, SHA-256 ${model.sha256}`,
    say`registered by ${origin.maker} alone, listing ${origin.listing}: no round scored it, no vote approved it`,
    ...(origin.previous === null ? [] : [say`a new version of listing ${origin.previous}`]),
  ];
}

function linesOf({ model, licence, origin }: TaskProvenance): string[] {
  const { initial, accepted } = origin;
  return [
    say`model ${model.cid}: ${model.bytes} bytes, SHA-256 ${model.sha256}`,
    say`made by round ${origin.round} of task ${origin.taskId}: ${origin.name}`,
    say`task document ${origin.document}, by ${origin.creator}`,
    decisionLine(origin.decision),
    licence === null ? say`no licence is stated` : say`licence ${licence}`,
    initial.madeBy
      ? say`began with ${initial.model}, made by round ${initial.madeBy.round} of task ${initial.madeBy.taskId}`
      : say`began with ${initial.model}, given by the creator`,
    ...accepted.flatMap((round) => [
      say`round ${round.round}: ${round.contributors.length} of ${round.submissions} submissions contributed, ${round.agreeing} of ${round.revealed} revealed seats agree, scorer ${round.scorer}`,
      say`  ${round.base} → ${round.model}`,
      ...round.contributors.map(({ node, seats, weight }) => say`  ${node} ${seats} seats, weight ${weight}`),
    ]),
    ...origin.voided.map(({ round, reason }) => say`round ${round}: void, ${phrase(reason)}`),
  ];
}

function decisionLine(decision: ProvenanceDecision): string {
  switch (decision.by) {
    case 'token-voting':
      return say`approved by proposal ${decision.proposal}: yes ${formatEther(BigInt(decision.yes))}, no ${formatEther(BigInt(decision.no))}, abstain ${formatEther(BigInt(decision.abstain))}`;
    case 'snapshot-voting':
      return say`approved by Snapshot proposal ${decision.proposal}: for ${formatEther(BigInt(decision.for))}, against ${formatEther(BigInt(decision.against))}, abstain ${formatEther(BigInt(decision.abstain))}`;
    case 'other':
      return say`approved without a vote that is known`;
  }
}

function verificationLines({ match, differences, model, shards, replayed }: ProvenanceVerification): string[] {
  return [
    match ? say`MATCH` : say`MISMATCH`,
    ...differences.map(({ field, expected, got }) => say`${field}: the chain says ${expected}, the document ${got}`),
    ...(model === null ? [] : [say`the file is no model of the architecture: ${model}`]),
    ...shards.map((shard) => {
      if (!shard.opened) return say`shard ${shard.round} was never opened`;
      if (shard.match === null) return say`shard ${shard.round} was accepted as not what was promised`;
      return shard.match
        ? say`shard ${shard.round} is what was promised`
        : say`shard ${shard.round} is NOT what was promised: ${shard.differences.map(({ field, got }) => `${field} ${got}`).join('; ')}`;
    }),
    ...(replayed ?? []).map(({ round, match: same, computedHash }) =>
      same
        ? say`round ${round} computed again: match`
        : say`round ${round} computed again: MISMATCH ${computedHash ?? '–'}`,
    ),
  ];
}
