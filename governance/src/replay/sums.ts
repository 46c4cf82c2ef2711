import type { Payout } from '@covey/protocol';
import { noPayout, plus } from './payouts.ts';
import type { ReplayRole } from '@covey/client';
import type { NodeSum, PolicyReplay, RoundReplay } from './types.ts';

/** Each node and role over the rounds, those who gain or lose most first. */
export function sumNodes(rounds: readonly RoundReplay[]): NodeSum[] {
  const sums = new Map<string, NodeSum>();
  for (const { nodes } of rounds) {
    for (const { role, node, recomputed, proposed, difference } of nodes) {
      const key = `${role} ${node}`;
      const sum = sums.get(key);
      sums.set(key, {
        node,
        role,
        rounds: (sum?.rounds ?? 0) + 1,
        recomputed: plus(sum?.recomputed ?? noPayout, recomputed),
        proposed: plus(sum?.proposed ?? noPayout, proposed),
        difference: plus(sum?.difference ?? noPayout, difference),
      });
    }
  }
  const size = ({ difference }: NodeSum) => (difference.total < 0n ? -difference.total : difference.total);
  return [...sums.values()].toSorted((a, b) => (size(a) < size(b) ? 1 : size(a) > size(b) ? -1 : 0));
}

export function sumRoles(nodes: readonly NodeSum[]): PolicyReplay['roles'] {
  const of = (role: ReplayRole, what: 'recomputed' | 'proposed' | 'difference'): Payout =>
    nodes.filter((node) => node.role === role).reduce((sum, node) => plus(sum, node[what]), noPayout);
  const role = (name: ReplayRole) => ({
    recomputed: of(name, 'recomputed'),
    proposed: of(name, 'proposed'),
    difference: of(name, 'difference'),
  });
  return { trainer: role('trainer'), validator: role('validator') };
}
