import { nodeError } from '../../errors.ts';
import { releasesLeft, spentBy } from '../../privacy/budget.ts';
import { linked, PrivacyLedger, type LedgerEntry } from '../../privacy/ledger.ts';
import { DELTA } from '../../trainer/privacy.ts';
import { decimal, probability } from '../arguments.ts';
import { stateDir } from '../context.ts';
import { defineCommand, optional } from '../define-command.ts';
import { stateOptions } from '../options.ts';
import { say } from '../words/say.ts';

export const privacy = defineCommand({
  name: 'privacy',
  summary: 'Show what training nodes have spent of their data’s privacy, and what is left',
  examples: [
    'privacy --state-dir .covey/state',
    'privacy --max-epsilon 8 --dp-noise 4   # how many more rounds a budget allows at this noise',
  ],
  options: {
    ...stateOptions,
    delta: optional('--delta <x>', `chance with which ε may fail to hold (default: ${DELTA})`, probability),
    maxEpsilon: optional('--max-epsilon <x>', 'the budget', decimal),
    dpNoise: optional('--dp-noise <x>', 'with --max-epsilon: the noise of further rounds, in clip norms', decimal),
  },
  async run(options, out) {
    const { delta = DELTA, maxEpsilon, dpNoise } = options;
    if ((maxEpsilon ?? 1) <= 0 || (dpNoise ?? 1) <= 0) {
      throw nodeError('CONFIG_INVALID', 'A budget of privacy and its noise are above 0.', {
        expected: '--max-epsilon and --dp-noise above 0',
      });
    }
    const entries = await new PrivacyLedger(stateDir(options)).entries();
    const groups = linked(entries).map((group) => {
      const { pld, rdp } = spentBy(group, delta);
      const rounds =
        maxEpsilon === undefined || dpNoise === undefined
          ? null
          : releasesLeft(group, dpNoise, { epsilon: maxEpsilon, delta });
      const left = maxEpsilon === undefined ? null : maxEpsilon - pld;
      return { ...described(group), epsilon: pld, epsilonRdp: rdp, left, rounds };
    });
    const lines = groups.map(({ nodes, releases, reserved, epsilon, epsilonRdp, left, rounds }) =>
      [
        say`${nodes.join(', ')}: ${releases} releases, ${reserved} reserved`,
        say`ε = ${epsilon.toFixed(4)} (Rényi: ${epsilonRdp.toFixed(4)}) at δ = ${delta}`,
        ...(left === null ? [] : [say`left ${left.toFixed(4)}`]),
        ...(rounds === null ? [] : [say`${rounds} more rounds`]),
      ].join('; '),
    );
    out.result('covey.privacy/1', { delta, groups }, lines.length === 0 ? [say`nothing was released`] : lines);
  },
});

function described(group: readonly LedgerEntry[]) {
  return {
    nodes: [...new Set(group.map(({ node }) => node))],
    data: [...new Set(group.map(({ data }) => data))],
    releases: group.filter(({ cid }) => cid !== null).length,
    reserved: group.filter(({ cid }) => cid === null).length,
  };
}
