import { afterEach, expect, it } from 'vitest';
import { Exposition } from './exposition.ts';
import { NodeMetrics } from './node-metrics.ts';
import { serveMetrics, type MetricsServer } from './serve.ts';

const servers: MetricsServer[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.stop()));

async function serve(reasons: string[] = []) {
  const server = await serveMetrics({
    host: '127.0.0.1',
    port: 0,
    metrics: () => 'covey_x 1\n',
    notReady: () => reasons,
  });
  servers.push(server);
  return server.url;
}

it('writes what Prometheus reads: families once, labels escaped, no family without a value', () => {
  const all = new Exposition();
  const count = all.counter('a_total', 'How many.');
  const level = all.gauge('b', 'How much.');
  all.gauge('c', 'Nothing yet.');
  count({ code: 'x"\\\n' });
  count({ code: 'x"\\\n' }, 2);
  level(Infinity);
  level(1, { of: 'y' });
  level(undefined, { of: 'y' });
  expect(all.text()).toBe(
    '# HELP a_total How many.\n# TYPE a_total counter\na_total{code="x\\"\\\\\\n"} 3\n# HELP b How much.\n# TYPE b gauge\nb +Inf\n',
  );
});

it('has what alerts watch from the beginning, at 0', () => {
  const text = new NodeMetrics().text();
  for (const line of ['covey_missed_total{step="reveal"} 0', 'covey_transactions_total{state="failed"} 0'])
    expect(text).toContain(`${line}\n`);
});

it('counts what events say', () => {
  const metrics = new NodeMetrics();
  const tx = { what: 'x', tx: '0x1', nonce: 1 } as const;
  metrics.take({ event: 'tx-sent', ...tx, maxPrice: 1n });
  metrics.take({ event: 'tx-replaced', ...tx, replaced: '0x0', maxPrice: 1n });
  metrics.take({ event: 'tx-mined', ...tx, gasUsed: 100_000n, price: 10n ** 9n, reverted: false });
  metrics.take({ event: 'missed', step: 'reveal', phase: 'attest', taskId: 1n, round: 0 });
  metrics.take({ event: 'trouble', what: 'disk', message: 'full' });
  const text = metrics.text();
  for (const line of [
    'covey_transactions_total{state="replaced"} 1',
    'covey_gas_used_total 100000',
    'covey_gas_spent_ether_total 0.0001',
    'covey_missed_total{step="reveal"} 1',
    'covey_trouble{what="disk"} 1',
    'covey_trouble{what="chain"} 0',
  ])
    expect(text).toContain(`${line}\n`);
  expect(text).toMatch(/^process_resident_memory_bytes \d{7,}$/m);
});

it('serves metrics, and says whether it is alive and ready', async () => {
  const [ready, not] = [await serve(), await serve(['content'])];
  const metrics = await fetch(`${ready}/metrics`);
  expect([metrics.headers.get('content-type'), await metrics.text()]).toEqual([
    'text/plain; version=0.0.4; charset=utf-8',
    'covey_x 1\n',
  ]);
  expect((await fetch(`${not}/healthz`)).status).toBe(200);
  const answers = await Promise.all([ready, not].map(async (url) => await (await fetch(`${url}/readyz`)).json()));
  expect(answers).toEqual([
    { ready: true, reasons: [] },
    { ready: false, reasons: ['content'] },
  ]);
  expect((await fetch(`${ready}/readyz`, { method: 'POST' })).status).toBe(405);
  expect((await fetch(`${ready}/`)).status).toBe(404);
  const port = Number(new URL(ready).port);
  const again = serveMetrics({ host: '127.0.0.1', port, metrics: () => '', notReady: () => [] });
  await expect(again).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
