import { expect, it } from 'vitest';
import { ClockWatch } from './clock-watch.ts';

/** Looks every 5 s at a chain whose blocks come every `interval`, with a clock that is `ahead`. */
function look(interval: number, ahead: number, looks = 40, stopsAt = Infinity) {
  const watch = new ClockWatch();
  const findings = [];
  for (let at = 0; at < looks * 5; at += 5) {
    const number = BigInt(Math.floor(Math.min(at, stopsAt) / interval));
    const timestamp = 1_000_000 + Number(number) * interval;
    findings.push(watch.see({ number, timestamp }, 1_000_000 + at + ahead, 5));
  }
  return findings;
}

it.each([1, 2, 12, 30])('finds nothing wrong with a right clock on blocks of %i s', (interval) => {
  for (const ahead of [-2, 0, 2])
    expect(look(interval, ahead).every(({ off, stalled }) => off === 0 && stalled === null)).toBe(true);
});

it.each([1, 2, 12, 30])('finds a clock that is a minute off, whichever way, on blocks of %i s', (interval) => {
  const [behind, ahead] = [look(interval, -60).at(-1)!, look(interval, 60).at(-1)!];
  expect(behind.off).toBeLessThan(-20);
  expect(ahead.off).toBeGreaterThanOrEqual(20);
});

it('one late block is no wrong clock', () => {
  const watch = new ClockWatch();
  const offs = [0, 2, 4, 6, 8].map((at, n) =>
    watch.see({ number: BigInt(n), timestamp: at }, at + (n === 2 ? 90 : 0), 2),
  );
  expect(offs.every(({ off }) => off === 0)).toBe(true);
});

it('finds a chain that stands still: after a minute, or ten blocks’ time', () => {
  expect(look(2, 0, 40, 60).find(({ stalled }) => stalled !== null)!.stalled).toBe(65);
  expect(look(12, 0, 100, 60).find(({ stalled }) => stalled !== null)!.stalled).toBe(125);
});
