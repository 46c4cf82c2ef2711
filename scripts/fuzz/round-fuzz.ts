// Whole rounds of absurd content, each scored twice: with another number of threads, submissions handed over in another
// order, content arriving in another order. A task may be refused; a round of one that was taken has a result, the same both
// times.
import { encodeTaskDocument, isProtocolError, scoreRound, type RoundResult, type TaskDocument } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { absurdRound, type AbsurdRound } from './absurd-round.ts';
import { Random } from './random.ts';

export interface RoundFuzzSummary {
  rounds: number;
  /** Submissions by verdict, refused rounds by code, rounds by rule. */
  reached: Record<string, number>;
}

/** Rounds at once: most of the time each waits for its turn of the event loop. */
const AT_ONCE = 32;

export interface RoundFuzzParameters {
  /** With different numbers of threads. */
  cores: readonly [Core, Core];
  first: number;
  rounds: number;
  onProgress?: (done: number) => void;
}

/** Throws at the first round that ends in an error, or in two results; its number makes it again. */
export async function fuzzRounds({ cores, first, rounds, onProgress }: RoundFuzzParameters): Promise<RoundFuzzSummary> {
  const reached: Record<string, number> = {};
  const count = (name: string): void => {
    reached[name] = (reached[name] ?? 0) + 1;
  };
  let next = first;
  let done = 0;
  const work = async (): Promise<void> => {
    while (next < first + rounds) {
      const number = next++;
      for (const name of await oneRound(cores, number)) count(name);
      onProgress?.(++done);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return { rounds, reached };
}

async function oneRound([one, other]: readonly [Core, Core], number: number): Promise<string[]> {
  // Neighbours would begin alike.
  const random = new Random(Math.imul(number, 0x9e3779b1) >>> 0);
  const round = await absurdRound(one, random);
  const { task } = round;
  const what = `round ${number} (${task.mode}, ${JSON.stringify(task.aggregation)})`;
  const refused = refusalOf(task);
  if (refused) return [`refused: ${refused}`];
  const [a, b] = [await resultOf(one, round, what), await resultOf(other, reordered(round), what, random)];
  if (a.resultHash !== b.resultHash) throw new Error(`${what} splits: ${a.resultHash} and ${b.resultHash}`);
  const { submissions, model, base } = a.document;
  const verdicts = submissions.map(({ verdict }) => `verdict ${verdict}`);
  return [
    ...verdicts,
    model === base ? 'base stays' : 'new model',
    `rule ${task.aggregation.rule}`,
    `${task.mode} by ${task.ranking}`,
  ];
}

/** The code with which nobody would take the task. */
function refusalOf(task: TaskDocument): string | undefined {
  try {
    encodeTaskDocument(task);
    return undefined;
  } catch (error) {
    if (isProtocolError(error)) return error.code;
    throw error;
  }
}

async function resultOf(
  core: Core,
  { task, inputs, files }: AbsurdRound,
  what: string,
  delays?: Random,
): Promise<RoundResult> {
  const fetch = async (cid: string): Promise<Uint8Array> => {
    if (delays?.below(2)) await new Promise((resolve) => setImmediate(resolve));
    return files.get(cid)!;
  };
  try {
    return await scoreRound({ core, task, inputs, fetch });
  } catch (cause) {
    throw new Error(`${what} throws`, { cause });
  }
}

/** The same round, told backwards. */
function reordered(round: AbsurdRound): AbsurdRound {
  return { ...round, inputs: { ...round.inputs, submissions: [...round.inputs.submissions].reverse() } };
}
