import { describe, expect, it } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';
import { routes } from '../src/app/routes.ts';
import { examplePaths, routeNames } from './examples.ts';
import { answer } from './fixtures/data.ts';

const ask = async (path: string) => answer(path)?.body;
const router = createRouter({ history: createMemoryHistory(), routes });

describe.each(routeNames)('examples of %s', (name) => {
  it('lead to that page, every parameter filled', async () => {
    const paths = await examplePaths(name, ask);
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) expect(router.resolve(path).name).toBe(name);
  });
});
