/** One of several programs that do the same work. `run` does it once and gives the seconds that it took. */
export interface Contender {
  name: string;
  run(): Promise<number> | number;
}

/** Rounds in which every contender takes its turn, so that a busy machine slows all of them. */
const ROUNDS = 15;
/** Slower ones than this many seconds take part in every fifth round only. */
const SLOW = 0.25;
/** Before the first round: V8 swaps in optimised code between calls only, and caches and clocks settle. */
const WARM_UPS = 6;

/** Median seconds of each contender. */
export async function alternate(contenders: Contender[]): Promise<Map<string, number>> {
  const slow = new Set<string>();
  for (const { name, run } of contenders) {
    for (let i = 0; i < WARM_UPS && !slow.has(name); i++) if ((await run()) > SLOW) slow.add(name);
  }
  const taken = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (const { name, run } of contenders) {
      if (slow.has(name) && round % 5 > 0) continue;
      taken.get(name)!.push(await run());
    }
  }
  return new Map([...taken].map(([name, times]) => [name, median(times)]));
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/** Seconds of one call. */
export function timed(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

export async function timedAsync(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}
