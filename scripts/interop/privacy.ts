// Compares both of our accountants with Google's dp-accounting, where a Python has it:
//   python3 -m venv .covey/dp && .covey/dp/bin/pip install dp-accounting
//   node scripts/interop/privacy.ts .covey/dp/bin/python
import { execFileSync } from 'node:child_process';
import { composePrivacy, type Accountant, type Release } from '@covey/wasm-core';

// One line a case: ε by RDP, then by PLD. Their PLD has a grid of 1e-4 a release, as comes with it.
const program = `
import json, sys
from dp_accounting import dp_event
from dp_accounting.pld import pld_privacy_accountant as pld
from dp_accounting.rdp import rdp_privacy_accountant as rdp
for case in json.load(sys.stdin):
    sampled = any(release["sampling"] < 1 for release in case["releases"])
    found = []
    for accountant in [rdp.RdpAccountant(list(range(2, 513)) if sampled else None), pld.PLDAccountant()]:
        for release in case["releases"]:
            event = dp_event.GaussianDpEvent(release["noise"])
            if release["sampling"] < 1:
                event = dp_event.PoissonSampledDpEvent(release["sampling"], event)
            accountant.compose(dp_event.SelfComposedDpEvent(event, release["steps"]))
        found.append(float(accountant.get_epsilon(case["delta"])))
    print(*found)
`;

interface Case {
  releases: Required<Release>[];
  delta: number;
}

const equal = [1, 0.5, 0.1, 0.01, 256 / 60_000].flatMap((sampling) =>
  [0.6, 1, 1.12, 2, 4].flatMap((noise) =>
    [1, 10, 1000].map((steps): Case => ({
      releases: [{ sampling, noise, steps }],
      delta: steps === 10 ? 1e-7 : 1e-5,
    })),
  ),
);
const mixed: Case[] = [
  {
    releases: [
      { sampling: 1, noise: 4, steps: 10 },
      { sampling: 1, noise: 2, steps: 3 },
    ],
    delta: 1e-5,
  },
  {
    releases: [
      { sampling: 0.01, noise: 1, steps: 500 },
      { sampling: 0.02, noise: 0.8, steps: 100 },
    ],
    delta: 1e-5,
  },
  {
    releases: [
      { sampling: 1, noise: 8, steps: 20 },
      { sampling: 0.1, noise: 2, steps: 50 },
    ],
    delta: 1e-6,
  },
];
const cases = [...equal, ...mixed];
const python = process.argv[2] ?? 'python3';
const lines = execFileSync(python, ['-c', program], { input: JSON.stringify(cases), encoding: 'utf8' })
  .trim()
  .split('\n');

/** Of each accountant, in turn: the most and the least that ours is above theirs. */
const excess: Record<Accountant, number[]> = { rdp: [], pld: [] };
let slowest = 0;
for (const [i, one] of cases.entries()) {
  const [rdp = NaN, pld = NaN] = lines[i]!.split(' ').map(Number);
  const ours = composePrivacy({ ...one, accountant: 'rdp' }).epsilon;
  const started = performance.now();
  const tight = composePrivacy(one).epsilon;
  slowest = Math.max(slowest, performance.now() - started);
  excess.rdp.push(ours / rdp - 1);
  excess.pld.push(tight / pld - 1);
  const pairs = `rdp ${ours.toFixed(6)} theirs ${rdp.toFixed(6)}  pld ${tight.toFixed(6)} theirs ${pld.toFixed(6)}`;
  console.log(`${JSON.stringify(one)}  ${pairs}${tight < ours ? '' : ' ← pld is not tighter'}`);
  if (!(tight < ours)) process.exitCode = 1;
}
for (const [name, all] of Object.entries(excess)) {
  const [least, most] = [Math.min(...all), Math.max(...all)].map((x) => `${(x * 100).toFixed(4)} %`);
  console.log(`${name}: ${cases.length} cases; ours is from ${least} to ${most} above theirs`);
}
console.log(`pld: the slowest took ${slowest.toFixed(0)} ms`);
// Their Rényi orders end sooner than ours: ours may be smaller, never larger. Grids differ, and each is an upper bound.
if (Math.max(...excess.rdp) > 1e-6 || Math.max(...excess.pld.map(Math.abs)) > 0.01) process.exitCode = 1;
