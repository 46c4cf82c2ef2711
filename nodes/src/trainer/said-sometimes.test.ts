import { expect, it } from 'vitest';
import { saidSometimes } from './said-sometimes.ts';

/** What is said of 100 steps that take so many milliseconds each. */
function heard(each: number): number[] {
  let [time, done] = [0, 0];
  const said: number[] = [];
  const report = saidSometimes(
    (step) => said.push(step),
    () => time,
  );
  while (done < 100) {
    time += each;
    report(++done, 100);
  }
  return said;
}

it('of a computation that is short only its end is said, of a long one each tenth', () => {
  expect(heard(1)).toEqual([100]);
  expect(heard(2_000)).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  expect(heard(400)).toEqual([25, 50, 75, 100]);
});
