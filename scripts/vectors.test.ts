import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('./vectors.ts', import.meta.url));
const settlement = fileURLToPath(new URL('../protocol/vectors/settlement.json', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'covey-vectors-'));
afterAll(() => rmSync(folder, { recursive: true }));

function vectors(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
  return { status, stderr, lines: stdout.trimEnd().split('\n') };
}

function write(name: string, content: string): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

interface Vectors {
  cases: { expected: { carried: string } }[];
}

describe('npm run vectors', () => {
  it('passes the golden settlement vectors', () => {
    expect(vectors('settlement', settlement)).toMatchObject({ status: 0, lines: ['40 passed, 0 failed'] });
  });

  it('passes the golden vectors of seats', () => {
    const seats = fileURLToPath(new URL('../protocol/vectors/seats.json', import.meta.url));
    expect(vectors('seats', seats)).toMatchObject({ status: 0, lines: ['24 passed, 0 failed'] });
  });

  it('names each failure, ends with the count and exits with 1', () => {
    const changed = JSON.parse(readFileSync(settlement, 'utf8')) as Vectors;
    for (const vector of changed.cases.slice(0, 2))
      vector.expected.carried = String(BigInt(vector.expected.carried) + 1n);
    const { status, lines } = vectors('settlement', write('changed.json', JSON.stringify(changed)));
    expect(status).toBe(1);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^case 0: carried: expected \d+, got \d+$/);
    expect(lines.at(-1)).toBe('38 passed, 2 failed');
  });

  const refusals: Record<string, [string[], string]> = {
    'no arguments': [[], 'VECTORS_USAGE'],
    'an unknown suite': [['settle', settlement], 'VECTORS_USAGE'],
    'a suite that objects inherit': [['constructor', settlement], 'VECTORS_USAGE'],
    'no file': [['settlement'], 'VECTORS_USAGE'],
    'too many files': [['settlement', settlement, settlement], 'VECTORS_USAGE'],
    'a missing file': [['settlement', join(folder, 'missing.json')], 'VECTORS_UNREADABLE'],
    'no JSON': [['settlement', write('text.json', 'cases')], 'VECTORS_NOT_JSON'],
    'another shape': [['settlement', write('shape.json', '{"cases":[{"pool":1}]}')], 'PROTOCOL_INVALID_DOCUMENT'],
    'no cases': [['settlement', write('empty.json', '{"cases":[]}')], 'VECTORS_EMPTY'],
    'another shape of aggregates': [['aggregate', write('aggregate.json', '{"cases":1}')], 'CORE_BAD_VECTORS'],
  };
  for (const [what, [args, code]] of Object.entries(refusals)) {
    it(`refuses ${what} with exit 2`, () => {
      const { status, stderr } = vectors(...args);
      expect(stderr).toContain(code);
      expect(status).toBe(2);
    });
  }
});
