import { createRouter, createWebHistory } from 'vue-router';
import { routes } from './routes.ts';

export const router = createRouter({
  history: createWebHistory(),
  routes,
  // Filters and pages of a list are of the same page: what is read stays where it is.
  scrollBehavior: (to, from, saved) =>
    saved ?? (to.hash ? { el: to.hash } : to.path === from.path ? false : { top: 0 }),
});
