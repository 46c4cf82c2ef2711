import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CoveyServer } from './app.ts';
import { endpoints } from './schema/index.ts';
import { createWorld } from './testing/world.ts';
import type { World } from './testing/world.ts';

let world: World;
let server: CoveyServer;
beforeAll(async () => {
  world = await createWorld();
  server = await world.serve();
});
afterAll(() => world?.close());

/** What somebody may write where a name, a number or an address is expected, as it stands in an address. */
const odd = [
  ...[
    '%00',
    'a%00bcdefgh',
    '%ED%A0%80aaaaaaaa',
    '%EF%BF%BF%F0%9F%98%80aaaa',
    "'--aaaaaaaa",
    '%25_%25aaaaaaa',
    '%5Caaaaaaaa',
  ],
  ...[
    '-1',
    '0',
    '1e3',
    '9'.repeat(20),
    '9'.repeat(78),
    '9'.repeat(120),
    '9'.repeat(4_000),
    '0x',
    `0x${'f'.repeat(40)}`,
  ],
  ...[`0x${'f'.repeat(64)}`, '__proto__', 'constructor', '%F0%9F%98%80'.repeat(60), 'true', 'null', '%7B%22a%22:1%7D'],
];

test.each(Object.entries(endpoints))(
  '%s: whatever stands in its address, the fault is the reader’s',
  async (_name, one) => {
    const { path, query } = one as { path: string; query?: { shape: Record<string, unknown> } };
    const params = [...path.matchAll(/:(\w+)/g)].map(([whole]) => whole);
    const filled = params.reduce((text, param) => text.replace(param, '1'), path);
    const addresses = odd.flatMap((text) => [
      ...(params.length > 0 ? [params.reduce((whole, param) => whole.replace(param, text), path)] : []),
      ...Object.keys(query?.shape ?? {}).map((field) => `${filled}?${field}=${text}`),
    ]);
    for (const address of addresses) {
      const reply = await fetch(`${server.url}/api/v1${address}`);
      const body = await reply.text();
      expect(`${reply.status} ${address.slice(0, 80)} ${reply.status >= 500 ? body : ''}`).toMatch(/^[234]/);
    }
  },
);
