// npm run -s vectors -- settlement|seats|aggregate|attribution FILE
// Checks golden vectors against this repository's code. Exit 0: all passed; 1: some failed; 2: usage or malformed input.
import { readFile } from 'node:fs/promises';
import { checkSeatVectors, checkSettlementVectors } from '@covey/protocol';
import type { VectorReport } from '@covey/protocol';

/** Loaded on demand: settlement vectors need no wasm build. */
const loadCore = async () => {
  const [core, { loadNodeCore }] = await Promise.all([import('@covey/wasm-core'), import('@covey/wasm-core/node')]);
  return { ...core, core: await loadNodeCore() };
};

const suites: Record<string, (json: unknown) => Promise<VectorReport>> = {
  settlement: async (json) => checkSettlementVectors(json),
  seats: async (json) => checkSeatVectors(json),
  aggregate: async (json) => {
    const { checkAggregateVectors, core } = await loadCore();
    return checkAggregateVectors(core, json);
  },
  attribution: async (json) => {
    const { checkAttributionVectors, core } = await loadCore();
    return checkAttributionVectors(core, json);
  },
};

class VectorsError extends Error {
  readonly code: 'VECTORS_USAGE' | 'VECTORS_UNREADABLE' | 'VECTORS_NOT_JSON' | 'VECTORS_EMPTY';

  constructor(code: VectorsError['code'], message: string) {
    super(message);
    this.name = 'VectorsError';
    this.code = code;
  }
}

async function main(args: string[]): Promise<number> {
  const [name, file, ...rest] = args;
  const check = name !== undefined && Object.hasOwn(suites, name) ? suites[name] : undefined;
  if (!check || file === undefined || rest.length > 0) {
    throw new VectorsError(
      'VECTORS_USAGE',
      `usage: npm run -s vectors -- ${Object.keys(suites).join('|')} FILE; got ${args.length === 0 ? 'no arguments' : args.join(' ')}`,
    );
  }
  const report = await check(await readJson(file));
  if (report.passed + report.failed === 0) {
    throw new VectorsError('VECTORS_EMPTY', `${file} holds no cases; nothing was checked`);
  }
  for (const failure of report.failures) process.stdout.write(`${failure}\n`);
  process.stdout.write(`${report.passed} passed, ${report.failed} failed\n`);
  return report.failed === 0 ? 0 : 1;
}

async function readJson(file: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new VectorsError(
      'VECTORS_UNREADABLE',
      `cannot read ${file}: ${error instanceof Error ? error.message : error}`,
    );
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new VectorsError(
      'VECTORS_NOT_JSON',
      `${file} is not JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'VECTORS_INTERNAL';
  process.stderr.write(`${code}: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
}
