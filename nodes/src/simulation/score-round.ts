import { playRound, sha256Hex, weightsOf, type OpenData, type PlayedRound } from '@covey/protocol';
import type { Trained } from './train-round.ts';
import type { World } from './world.ts';

export interface ScoreParameters {
  world: World;
  round: number;
  base: Float32Array;
  open: OpenData;
  revealed: readonly Trained[];
  /** Indices of those that count. */
  counted: readonly number[];
  arenaMargin: bigint;
  rankRatio: bigint;
  signal?: AbortSignal | undefined;
}

/** What the core makes of the submissions that count: of identical content the first, of what is no number none. */
export async function scoreRound(p: ScoreParameters): Promise<{ played: PlayedRound; weights: bigint[] }> {
  const { world, round, base, open, revealed, arenaMargin, signal } = p;
  const { core, task, shards } = world;
  const seen = new Set<string>();
  const candidates = p.counted.flatMap((index) => {
    const { update, seats } = revealed[index]!;
    if (!update || !core.isFinite(update)) return [];
    const hash = sha256Hex(new Uint8Array(update.buffer, update.byteOffset, update.byteLength));
    if (seen.has(hash)) return [];
    seen.add(hash);
    const read = (from: number, to: number, into: Float32Array) => {
      into.set(update.subarray(from, to));
      // An arena takes models: the base with what was trained.
      if (task.mode === 'arena') for (let c = 0; c < into.length; c++) into[c]! += base[from + c]!;
    };
    return [{ index, seats, update: { length: update.length, read } }];
  });
  const dataset = shards[round]!;
  const played = await playRound({ core, task, round, base, dataset, open, candidates, arenaMargin, signal });
  const scored = new Map(played.ranking.scored.map((one) => [one.index, one]));
  const submissions = revealed.map(({ seats }, index) => ({ index, seats }));
  return { played, weights: weightsOf(task, submissions, scored, p.rankRatio) };
}
