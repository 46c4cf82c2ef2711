import type { CheckList } from './check-list.ts';
import type { RoundSummary } from './summary.ts';

/** What the hostile nodes must get, and what the honest ones earn, in every round. */
export function checkVerdicts(checks: CheckList, rounds: RoundSummary[]): void {
  const expected: Record<string, string[]> = {
    'sender of garbage': ['not-safetensors'],
    copier: ['duplicate'],
  };
  for (const [who, verdicts] of Object.entries(expected)) {
    const got = rounds.map(({ submissions }) => submissions.find((s) => s.plays === who)?.verdict);
    checks.expect(
      `the ${who} earns nothing`,
      got.every((verdict) => verdicts.includes(verdict ?? '')),
      got.join(', '),
    );
  }
  const honest = rounds.flatMap(({ submissions }) => submissions.filter((s) => s.plays === 'honest trainer'));
  const paid = honest.filter(({ verdict }) => verdict === 'valid');
  checks.expect(
    'honest nodes earn in two of five rounds at least',
    paid.length * 5 >= honest.length * 2,
    `${paid.length} of ${honest.length}`,
  );
  const [poisoned, usual] = ['poisoner (label flip)', 'honest trainer'].map((plays) => paySeat(rounds, plays));
  checks.expect(
    'a seat of the poisoner (label flip) earns less than an honest one',
    poisoned! < usual!,
    `${poisoned} and ${usual} wei`,
  );
}

/** What training nodes that play so were paid a seat, over all rounds, in wei. */
export function paySeat(rounds: readonly RoundSummary[], plays: string): bigint {
  let [pay, seats] = [0n, 0n];
  for (const { submissions, payouts } of rounds) {
    for (const { node, seats: own } of submissions.filter((s) => s.plays === plays)) {
      pay += BigInt(payouts.find((payout) => payout.node === node && payout.role === 'trainer')?.total ?? 0);
      seats += BigInt(own);
    }
  }
  return seats === 0n ? 0n : pay / seats;
}
