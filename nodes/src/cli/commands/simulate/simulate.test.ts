import { encodeDataset } from '@covey/protocol';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Account, RoundRecord } from '../../../simulation/index.ts';
import { output } from '../../output.ts';
import { speak } from '../../words/say.ts';
import { hostileOf, split } from './arguments.ts';
import { simulate } from './index.ts';
import { byStrategy, nodeTable, roundLines, strategyTable } from './lines.ts';

const account = (earned: bigint, strategy = 'honest'): Account => ({
  ...{ strategy, stake: 0n, slashed: 0n, seated: 2, paid: earned > 0n ? 1 : 0, cost: 0 },
  earned: earned * 10n ** 18n,
});

describe('what is typed', () => {
  it('names a split', () => {
    expect([split('iid'), split('sizes:2'), split('dirichlet:0.5')]).toEqual([
      { how: 'iid' },
      { how: 'sizes', alpha: 2 },
      { how: 'dirichlet', alpha: 0.5 },
    ]);
    for (const bad of ['', 'iid:1', 'dirichlet', 'dirichlet:', 'dirichlet:0', 'dirichlet:-1', 'sizes:1:2', 'sizes:x'])
      expect(() => split(bad), bad).toThrow('ALPHA');
  });

  it('names strategies', () => {
    expect(hostileOf('sign-flip-4:0.1')).toMatchObject({ strategy: { name: 'sign flip ×4' }, share: 0.1 });
    expect(hostileOf('zeros').share).toBe(0.2);
    for (const bad of ['', 'nobody', 'zeros:0', 'zeros:1.1', 'zeros:', 'zeros:x'])
      expect(() => hostileOf(bad), bad).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });
});

describe('what is shown', () => {
  const accounts = [account(1n, 'zeros'), account(3n), account(5n)];

  it('holds each strategy against honest nodes', () => {
    const rows = byStrategy(accounts);
    expect(rows.map(({ strategy, beside }) => [strategy, beside])).toEqual([
      ['zeros', 0.25],
      ['honest', 1],
    ]);
    expect(strategyTable(rows)[1]!.split(/ +/)).toEqual(['zeros', '1', '2', '1', '1.00', '1.00', '0.25', '0.00']);
  });

  it('has all of few nodes, and of many those at the ends', () => {
    expect(nodeTable(accounts, [7, 8, 9])).toHaveLength(4);
    const many = Array.from({ length: 100 }, (_, i) => account(BigInt(i)));
    const lines = nodeTable(
      many,
      many.map(() => 1),
    );
    expect(lines).toHaveLength(42);
    expect([lines[2], lines[41]].map((line) => line!.trim().split(/\s+/)[0])).toEqual(['99', '0']);
  });

  it('has heads in the language, above their columns on a terminal', async () => {
    await speak('zh-Hant');
    try {
      const [head, row] = strategyTable(byStrategy(accounts));
      expect(head).toMatch(/^策略 +節點數 +有席位的輪數 /);
      expect(head!.endsWith('罰沒')).toBe(true);
      // Each of its characters but blanks, letters and digits takes two columns.
      const columns = head!.length + head!.replace(/[ -~]/g, '').length;
      expect(row).toHaveLength(columns);
    } finally {
      await speak('en');
    }
  });

  it('tells a round and each node’s pay so far', () => {
    const record = { round: 0, void: null, submissions: 3, contributors: 2, paid: 9n, pool: 10n } as RoundRecord;
    const lines = roundLines({ ...record, measure: { loss: 0.5, accuracy: NaN } }, 2, accounts);
    expect(lines).toEqual([
      'round 1/2: loss 0.5000; 3 updates, 2 paid; 0.00 of 0.00 COVEY',
      '  pay so far: 1.00 3.00 5.00',
    ]);
  });
});

describe('covey simulate', () => {
  it('plays a draft on a folder of datasets', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'covey-simulate-'));
    const path = (name: string) => join(folder, name);
    const data = encodeDataset({
      inputs: Uint8Array.from({ length: 80 }, (_, i) => i),
      features: 2,
      labels: new Uint8Array(40),
    });
    for (const name of ['shard-0', 'shard-1', 'shard-10']) await writeFile(path(`${name}.safetensors`), data);
    const windows = ['join', 'commit', 'reveal', 'attest', 'attestReveal', 'key', 'resultCommit', 'resultReveal'];
    const draft = {
      schema: 'covey.task-draft/1',
      ...{ name: 'Two classes', description: '', mode: 'federated', ranking: 'loss', aggregation: { rule: 'fedavg' } },
      ...{ rounds: 3, minTrainerStake: '0 COVEY', minValidatorStake: '0 COVEY', budget: '1000 wei', seed: 1 },
      architecture: { layers: [{ type: 'dense', inputs: 2, outputs: 2 }], input: 'u8' },
      windows: Object.fromEntries(windows.map((name) => [name, '1 min'])),
      validation: { file: 'shard-0.safetensors' },
      training: { epochs: 1, batchSize: 8, learningRate: 0.1, momentum: 0 },
    };
    await writeFile(path('task.json'), JSON.stringify(draft));
    const options = { task: path('task.json'), data: folder, rounds: 2 };
    const given = { ...options, validators: 3, seed: 1, validation: undefined } as Parameters<typeof simulate.run>[0];
    const results: Record<string, unknown>[] = [];
    const out = {
      ...output(true),
      progress: () => {},
      result: (_: string, value: Record<string, unknown>) => void results.push(value),
    };
    try {
      await simulate.run(given, out, {});
      // The draft's own file, which the nodes have now: a quarter of it is hidden.
      await simulate.run({ ...given, data: path('shard-0.safetensors'), nodes: 3 }, out, {});
      await expect(simulate.run({ ...given, nodes: 4 }, out, {})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      await expect(simulate.run({ ...given, dpClip: 1 }, out, {})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
      await expect(simulate.run({ ...given, data: path('none') }, out, {})).rejects.toMatchObject({
        code: 'DATA_NOT_FOUND',
      });
      const broken = { ...given, validation: path('task.json') };
      await expect(simulate.run(broken, out, {})).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    } finally {
      await rm(folder, { recursive: true });
    }
    expect(results).toHaveLength(2);
    expect(results[0]).toMatchObject({ task: 'Two classes', rounds: [{ round: 0 }, { round: 1 }], epsilon: null });
    const samples = results.map(({ nodes }) => (nodes as { samples: number }[]).map((node) => node.samples));
    expect(samples).toEqual([
      [40, 40, 40],
      [10, 10, 10],
    ]);
  });
});
