import { createRouter, createWebHistory } from 'vue-router';
import type { RouteRecordRaw } from 'vue-router';

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's title under `titles` in the locale files. */
    title: string;
    /** Which entry of the navigation is current. */
    section?: string;
  }
}

const routes: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'explore',
    component: () => import('../pages/ExplorePage.vue'),
    meta: { title: 'explore', section: 'explore' },
  },
  {
    path: '/tasks/:id(\\d+)',
    name: 'task',
    component: () => import('../pages/TaskPage.vue'),
    props: true,
    meta: { title: 'task', section: 'explore' },
  },
  {
    path: '/tasks/:id(\\d+)/rounds/:round(\\d+)',
    name: 'round',
    component: () => import('../pages/RoundPage.vue'),
    props: true,
    meta: { title: 'round', section: 'explore' },
  },
  {
    path: '/proposals',
    name: 'proposals',
    component: () => import('../pages/ProposalsPage.vue'),
    meta: { title: 'proposals', section: 'proposals' },
  },
  {
    path: '/proposals/new',
    name: 'propose',
    component: () => import('../pages/ProposePage.vue'),
    meta: { title: 'propose', section: 'proposals' },
  },
  {
    path: '/proposals/:id(\\d+)',
    name: 'proposal',
    component: () => import('../pages/ProposalPage.vue'),
    props: true,
    meta: { title: 'proposal', section: 'proposals' },
  },
  {
    path: '/proposals/snapshot/:id(0x[0-9a-f]{64})',
    name: 'snapshot',
    component: () => import('../pages/SnapshotPage.vue'),
    props: true,
    meta: { title: 'snapshot', section: 'proposals' },
  },
  {
    path: '/delegates',
    name: 'delegates',
    component: () => import('../pages/DelegatesPage.vue'),
    meta: { title: 'delegates', section: 'delegates' },
  },
  {
    path: '/delegates/:address(0x[0-9a-fA-F]{40})',
    name: 'delegate',
    component: () => import('../pages/DelegatePage.vue'),
    props: true,
    meta: { title: 'delegate', section: 'delegates' },
  },
  {
    path: '/policy',
    name: 'policy',
    component: () => import('../pages/PolicyPage.vue'),
    meta: { title: 'policy', section: 'policy' },
  },
  {
    path: '/nodes',
    name: 'nodes',
    component: () => import('../pages/NodesPage.vue'),
    meta: { title: 'nodes', section: 'nodes' },
  },
  {
    path: '/nodes/:address',
    name: 'node',
    component: () => import('../pages/NodePage.vue'),
    props: true,
    meta: { title: 'node', section: 'nodes' },
  },
  {
    path: '/slashes',
    name: 'slashes',
    component: () => import('../pages/SlashesPage.vue'),
    meta: { title: 'slashes', section: 'slashes' },
  },
  {
    path: '/models',
    name: 'models',
    component: () => import('../pages/ModelsPage.vue'),
    meta: { title: 'models', section: 'models' },
  },
  {
    path: '/tx/:hash(0x[0-9a-fA-F]{64})',
    name: 'transaction',
    component: () => import('../pages/TransactionPage.vue'),
    props: true,
    meta: { title: 'transaction', section: 'explore' },
  },
  {
    path: '/:rest(.*)*',
    name: 'missing',
    component: () => import('../ui/NotFound.vue'),
    meta: { title: 'missing' },
  },
];

export const router = createRouter({
  history: createWebHistory(),
  routes,
  scrollBehavior: (to, _from, saved) => saved ?? (to.hash ? { el: to.hash } : { top: 0 }),
});
