import { apiPrefix } from './endpoints.ts';

interface ActionKey {
  to: string;
  value: bigint;
  data: string;
}
const callsOf = (actions: readonly ActionKey[]) => actions.map(({ to, value, data }) => `${to} ${value} ${data}`);

/**
 * Query keys. Those of the REST API are ['api', path below the prefix, query string], so that a live message, which
 * names paths, finds them without a second table.
 */
export const keys = {
  api: (path: string) => {
    const [route = '', search = ''] = path.slice(apiPrefix.length + 1).split('?');
    return ['api', route, search] as const;
  },
  wallet: {
    all: () => ['wallet'] as const,
    power: (account: string) => ['wallet', 'power', account.toLowerCase()] as const,
    vote: (proposal: string, account: string) => ['wallet', 'vote', proposal, account.toLowerCase()] as const,
    pastVotes: (account: string, block: number) => ['wallet', 'past-votes', account.toLowerCase(), block] as const,
    stake: (node: string, account: string) => ['wallet', 'stake', node, account.toLowerCase()] as const,
    demoAccounts: () => ['demo', 'accounts'] as const,
  },
  chain: {
    transaction: (hash: string) => ['chain', 'transaction', hash] as const,
    totalVotes: () => ['chain', 'total-votes'] as const,
    simulation: (actions: readonly ActionKey[], from: string) =>
      ['chain', 'simulation', from, callsOf(actions)] as const,
    decoded: (actions: readonly ActionKey[]) => ['chain', 'decoded', callsOf(actions)] as const,
    current: (kind: string, subject: string) => ['chain', 'current', kind, subject] as const,
    voting: () => ['chain', 'votingSettings'] as const,
  },
};

/**
 * Whether a query over `route` shows what a live key names: the same path, or a list above it. Messages of the Snapshot
 * hub name no delegate: any of their pages may have changed.
 */
export function showsLiveKey(route: string, liveKey: string): boolean {
  if (liveKey === 'delegates' && route.startsWith('delegates/')) return true;
  return route === liveKey || liveKey.startsWith(`${route}/`);
}

/** States of proposals and phases of rounds follow the chain's clock, not only its events. */
export function dependsOnTime(route: string): boolean {
  return /^(proposals|tasks|snapshot)(\/|$)/.test(route);
}
