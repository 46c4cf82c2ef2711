import { endpoints, isStaleBy } from '@covey/server/schema';
import type { Asked, Endpoint, LiveKey } from '@covey/server/schema';

interface ActionKey {
  to: string;
  value: bigint;
  data: string;
}
const callsOf = (actions: readonly ActionKey[]) => actions.map(({ to, value, data }) => `${to} ${value} ${data}`);

type Segments = Readonly<Record<string, string>>;

/** Query keys. Those of the API are ['api', path of the endpoint, its parameters, its filters]. */
export const keys = {
  api<E extends Endpoint>({ path }: E, asked: Asked<E>) {
    const segments = Object.entries(asked.params ?? {}).map(([name, value]) => [name, String(value)] as const);
    return ['api', path, Object.fromEntries(segments) as Segments, asked.query ?? {}] as const;
  },
  wallet: {
    all: () => ['wallet'] as const,
    power: (account: string) => ['wallet', 'power', account.toLowerCase()] as const,
    vote: (proposal: string, account: string) => ['wallet', 'vote', proposal, account.toLowerCase()] as const,
    pastVotes: (account: string, block: number) => ['wallet', 'past-votes', account.toLowerCase(), block] as const,
    stake: (node: string, account: string) => ['wallet', 'stake', node, account.toLowerCase()] as const,
    run: (node: string, account: string) => ['wallet', 'run', node, account.toLowerCase()] as const,
    funding: (task: string, account: string) => ['wallet', 'funding', task, account.toLowerCase()] as const,
    licence: (listing: string, account: string) => ['wallet', 'licence', listing, account.toLowerCase()] as const,
    listingCost: (kind: string, account: string) => ['wallet', 'listingCost', kind, account.toLowerCase()] as const,
    demoAccounts: () => ['demo', 'accounts'] as const,
  },
  chain: {
    transaction: (hash: string) => ['chain', 'transaction', hash] as const,
    totalVotes: () => ['chain', 'total-votes'] as const,
    simulation: (actions: readonly ActionKey[], from: string, mayFail: bigint) =>
      ['chain', 'simulation', from, `${mayFail}`, callsOf(actions)] as const,
    failureMap: (proposalId: string) => ['chain', 'failureMap', proposalId] as const,
    decoded: (actions: readonly ActionKey[]) => ['chain', 'decoded', callsOf(actions)] as const,
    current: (kind: string, subject: string) => ['chain', 'current', kind, subject] as const,
    voting: () => ['chain', 'votingSettings'] as const,
  },
};

const byPath = new Map<unknown, Endpoint>(Object.values(endpoints).map((endpoint) => [endpoint.path, endpoint]));

/** Whether what a query shows is stale once these keys were told; whatever a wallet shows may be. */
export function isStale([kind, path, params]: readonly unknown[], told: Iterable<LiveKey>): boolean {
  if (kind !== 'api') return kind === 'wallet';
  const endpoint = byPath.get(path);
  return endpoint !== undefined && [...told].some((key) => isStaleBy(endpoint, params as Segments, key));
}

/** Whether what a query shows follows the chain's clock: states of proposals, phases of rounds, powers of wallets. */
export function followsClock([kind, path]: readonly unknown[]): boolean {
  return kind === 'api' ? byPath.get(path)?.followsClock === true : kind === 'wallet';
}
