import type { RouteRecordRaw } from 'vue-router';

/** Things that pages are about; `web/test/examples.ts` asks a server's API for some of each. */
export type Subject =
  'task' | 'round' | 'proposal' | 'snapshot' | 'delegate' | 'node' | 'listing' | 'host' | 'transaction' | 'nowhere';

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title under `titles` in the locale files. */
    title: string;
    /** Which entry of the navigation is current. */
    section?: string;
    /** What each parameter names: from this, tests of all kinds know how to visit the page. */
    example: Readonly<Record<string, Subject>>;
    /** Query strings under which the page is another one. */
    queries?: readonly string[];
  }
}

export const routes = [
  {
    path: '/',
    name: 'explore',
    component: () => import('../pages/ExplorePage.vue'),
    meta: { title: 'explore', section: 'explore', example: {} },
  },
  {
    path: '/tasks/:id(\\d+)',
    name: 'task',
    component: () => import('../pages/TaskPage.vue'),
    props: true,
    meta: { title: 'task', section: 'explore', example: { id: 'task' } },
  },
  {
    path: '/tasks/:id(\\d+)/rounds/:round(\\d+)',
    name: 'round',
    component: () => import('../pages/RoundPage.vue'),
    props: true,
    meta: { title: 'round', section: 'explore', example: { id: 'task', round: 'round' } },
  },
  {
    path: '/proposals',
    name: 'proposals',
    component: () => import('../pages/ProposalsPage.vue'),
    meta: { title: 'proposals', section: 'proposals', example: {} },
  },
  {
    path: '/proposals/new',
    name: 'propose',
    component: () => import('../pages/ProposePage.vue'),
    meta: {
      title: 'propose',
      section: 'proposals',
      example: {},
      queries: ['kind=policy.set&param=unlockRatio&value=0.55'],
    },
  },
  {
    path: '/proposals/:id(\\d+)',
    name: 'proposal',
    component: () => import('../pages/ProposalPage.vue'),
    props: true,
    meta: { title: 'proposal', section: 'proposals', example: { id: 'proposal' } },
  },
  {
    path: '/proposals/snapshot/:id(0x[0-9a-f]{64})',
    name: 'snapshot',
    component: () => import('../pages/SnapshotPage.vue'),
    props: true,
    meta: { title: 'snapshot', section: 'proposals', example: { id: 'snapshot' } },
  },
  {
    path: '/delegates',
    name: 'delegates',
    component: () => import('../pages/DelegatesPage.vue'),
    meta: { title: 'delegates', section: 'delegates', example: {} },
  },
  {
    path: '/delegates/:address(0x[0-9a-fA-F]{40})',
    name: 'delegate',
    component: () => import('../pages/DelegatePage.vue'),
    props: true,
    meta: { title: 'delegate', section: 'delegates', example: { address: 'delegate' } },
  },
  {
    path: '/policy',
    name: 'policy',
    component: () => import('../pages/PolicyPage.vue'),
    meta: { title: 'policy', section: 'policy', example: {} },
  },
  {
    path: '/nodes',
    name: 'nodes',
    component: () => import('../pages/NodesPage.vue'),
    meta: { title: 'nodes', section: 'nodes', example: {} },
  },
  {
    path: '/nodes/:address',
    name: 'node',
    component: () => import('../pages/NodePage.vue'),
    props: true,
    meta: { title: 'node', section: 'nodes', example: { address: 'node' } },
  },
  {
    path: '/slashes',
    name: 'slashes',
    component: () => import('../pages/SlashesPage.vue'),
    meta: { title: 'slashes', section: 'slashes', example: {} },
  },
  {
    path: '/models',
    name: 'models',
    component: () => import('../pages/ModelsPage.vue'),
    meta: { title: 'models', section: 'models', example: {} },
  },
  {
    path: '/models/:id(\\d+)',
    name: 'listing',
    component: () => import('../pages/ListingPage.vue'),
    props: true,
    meta: { title: 'listing', section: 'models', example: { id: 'listing' } },
  },
  {
    path: '/hosts',
    name: 'hosts',
    component: () => import('../pages/HostsPage.vue'),
    meta: { title: 'hosts', section: 'hosts', example: {} },
  },
  {
    path: '/hosts/:address(0x[0-9a-fA-F]{40})',
    name: 'host',
    component: () => import('../pages/HostPage.vue'),
    props: true,
    meta: { title: 'host', section: 'hosts', example: { address: 'host' } },
  },
  {
    path: '/tx/:hash(0x[0-9a-fA-F]{64})',
    name: 'transaction',
    component: () => import('../pages/TransactionPage.vue'),
    props: true,
    meta: { title: 'transaction', section: 'explore', example: { hash: 'transaction' } },
  },
  {
    path: '/:rest(.*)*',
    name: 'missing',
    component: () => import('../ui/NotFound.vue'),
    meta: { title: 'missing', example: { rest: 'nowhere' } },
  },
] as const satisfies readonly RouteRecordRaw[];

export type RouteName = (typeof routes)[number]['name'];
