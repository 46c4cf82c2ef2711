import { apiPrefix, endpoints } from '@covey/server/schema';
import type { Endpoint } from '@covey/server/schema';
import { routes } from '../src/app/routes.ts';
import type { RouteName, Subject } from '../src/app/routes.ts';

/** Asks a server's API below its prefix, e.g. `/tasks`. */
type Ask = (path: string) => Promise<unknown>;

async function listed(ask: Ask, { path }: Pick<Endpoint, 'path'>, key: string): Promise<string[]> {
  const { items } = (await ask(path)) as { items: Record<string, string>[] };
  return items.flatMap((item) => item[key] ?? []);
}

/** What there is of each subject on the server that is asked. */
const subjects: Record<Subject, (ask: Ask) => Promise<string[]>> = {
  task: (ask) => listed(ask, endpoints.tasks, 'id'),
  round: async () => ['0'],
  proposal: (ask) => listed(ask, endpoints.proposals, 'id'),
  snapshot: (ask) => listed(ask, endpoints.snapshotProposals, 'id'),
  delegate: async (ask) => (await listed(ask, endpoints.delegates, 'address')).slice(0, 1),
  node: async (ask) => (await listed(ask, endpoints.nodes, 'address')).slice(0, 1),
  listing: (ask) => listed(ask, endpoints.listings, 'id'),
  host: (ask) => listed(ask, endpoints.hosts, 'address'),
  transaction: async (ask) => {
    const hashes = JSON.stringify(await ask(endpoints.tasks.path)).match(/"transactionHash":"(0x[0-9a-f]{64})"/);
    return hashes?.[1] === undefined ? [] : [hashes[1]];
  },
  nowhere: async () => ['no-such-page'],
};

/** Names of all pages: a page is in every list of them as soon as it has a route. */
export const routeNames: readonly RouteName[] = routes.map(({ name }) => name);

/** Paths under which a page can be visited: one for each thing of its first parameter, and one for each query. */
export async function examplePaths(name: RouteName, ask: Ask): Promise<string[]> {
  const route = routes.find((known) => known.name === name) as (typeof routes)[number];
  const values = await Promise.all(
    Object.entries(route.meta.example).map(
      async ([param, subject]) => [param, await subjects[subject as Subject](ask)] as const,
    ),
  );
  const count = values[0] === undefined ? 1 : values[0][1].length;
  const paths = Array.from({ length: count }, (_, index) =>
    values.reduce(
      (path, [param, of], place) => path.replace(parameter(param), of[place === 0 ? index : 0] ?? ''),
      route.path as string,
    ),
  );
  const queries = 'queries' in route.meta ? route.meta.queries : [];
  return [...paths, ...queries.map((query) => `${paths[0]}?${query}`)];
}

/** `:id`, `:id(\d+)` or `:rest(.*)*` in a route's path. */
const parameter = (name: string) => new RegExp(`:${name}(\\([^)]*\\))?\\*?`);

/** The API of a running server. */
export const askServer =
  (base: string): Ask =>
  async (path) => {
    const response = await fetch(`${base}${apiPrefix}${path}`);
    if (!response.ok) throw new Error(`${path} of ${base} answered ${response.status}`);
    return await response.json();
  };
