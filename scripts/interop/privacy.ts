// Compares our accountant with Google's dp-accounting, where a Python has it:
//   python3 -m venv .covey/dp && .covey/dp/bin/pip install dp-accounting
//   node scripts/interop/privacy.ts .covey/dp/bin/python
import { execFileSync } from 'node:child_process';
import { privacySpent } from '@covey/wasm-core';

const program = `
import json, sys
from dp_accounting import dp_event
from dp_accounting.rdp import rdp_privacy_accountant as rdp
for case in json.load(sys.stdin):
    accountant = rdp.RdpAccountant(None if case["sampling"] == 1 else list(range(2, 513)))
    event = dp_event.GaussianDpEvent(case["noise"])
    if case["sampling"] < 1:
        event = dp_event.PoissonSampledDpEvent(case["sampling"], event)
    accountant.compose(dp_event.SelfComposedDpEvent(event, case["steps"]))
    print(float(accountant.get_epsilon(case["delta"])))
`;

const cases = [1, 0.5, 0.1, 0.01, 256 / 60_000].flatMap((sampling) =>
  [0.6, 1, 1.12, 2, 4].flatMap((noise) =>
    [1, 10, 1000].map((steps) => ({ sampling, noise, steps, delta: steps === 10 ? 1e-7 : 1e-5 })),
  ),
);
const python = process.argv[2] ?? 'python3';
const lines = execFileSync(python, ['-c', program], { input: JSON.stringify(cases), encoding: 'utf8' })
  .trim()
  .split('\n');
let worst = 0;
for (const [i, parameters] of cases.entries()) {
  const expected = Number(lines[i]);
  const { epsilon } = privacySpent(parameters);
  // Their orders end sooner than ours: ours may be smaller, never larger.
  const excess = epsilon / expected - 1;
  worst = Math.max(worst, excess);
  const note = excess > 1e-6 ? ' ← larger' : '';
  console.log(`${JSON.stringify(parameters)}  ours ${epsilon.toFixed(6)}  theirs ${expected.toFixed(6)}${note}`);
}
console.log(`${cases.length} cases; ours is at most ${(worst * 100).toFixed(4)} % above theirs`);
process.exitCode = worst > 1e-6 ? 1 : 0;
