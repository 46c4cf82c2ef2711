// How slow this machine is right now, for tests: a deadline in a test only bounds a hang, so it must not fail a test
// because the machine is busy. Nothing outside of tests and the demo may depend on it.
import { availableParallelism, loadavg } from 'node:os';
import { performance } from 'node:perf_hooks';

/** Turns of the loop below; they take `referenceMs` on an idle core of about 3 GHz, warm. */
const turns = 2_000_000;
const referenceMs = 4;

/** A machine with a load of ten a core was measured at 25 to 40; beyond that a hang would look like work. */
const slowest = 30;

/** A measurement costs three loops; load changes within seconds. */
const keptMs = 5_000;

let measured = { at: -Infinity, pace: 1 };

/** How many times longer than on an idle machine of reference work takes here now: 1 to `slowest`. */
export function pace(): number {
  if (performance.now() - measured.at < keptMs) return measured.pace;
  if (measured.at === -Infinity) loopMs(); // compiles the loop
  const [, median] = [loopMs(), loopMs(), loopMs()].sort((a, b) => a - b) as [number, number, number];
  // Elapsed time sees a slow core and a full run queue; the load sees what paused during our three loops.
  const load = (loadavg()[0] as number) / availableParallelism();
  const now = Math.min(slowest, Math.max(1, median / referenceMs, load));
  measured = { at: performance.now(), pace: now };
  return now;
}

/** A deadline that suits an idle machine, in milliseconds, stretched to this one. */
export function scaled(milliseconds: number): number {
  return Math.ceil(milliseconds * pace());
}

function loopMs(): number {
  const started = performance.now();
  let value = 0x9e3779b9;
  for (let turn = 0; turn < turns; turn++) value = (Math.imul(value ^ (value >>> 15), 0x85ebca6b) + turn) | 0;
  // The result is used, so that the loop is not compiled away.
  return performance.now() - started + (value === 0 ? Number.MIN_VALUE : 0);
}
