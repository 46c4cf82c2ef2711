import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Abi, Hex } from 'viem';
import { governanceError } from '../errors.ts';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

interface Output {
  errors?: { severity: string; formattedMessage: string }[];
  contracts?: Record<string, Record<string, { abi: Abi; evm: { bytecode: { object: string } } }>>;
}

/** The file and all that it imports, by the names under which the compiler looks for them. */
function sourcesOf(file: string): Record<string, { content: string }> {
  const sources: Record<string, { content: string }> = {};
  const waiting = [file];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (name in sources) continue;
    const path = [name, `node_modules/${name}`].map(fromRoot).find((one) => existsSync(one));
    if (path === undefined) throw governanceError('GOV_INVALID_ARGUMENT', `${name} is not there.`, { got: name });
    const content = readFileSync(path, 'utf8');
    sources[name] = { content };
    for (const [, imported = ''] of content.matchAll(/^import[^;]*?"([^"]+)";/gms)) {
      waiting.push(imported.startsWith('.') ? posix.join(posix.dirname(name), imported) : imported);
    }
  }
  return sources;
}

/** Compiles a Solidity file, for contracts that only tests need; path from the repository's root. */
export function compile(file: string): Record<string, { abi: Abi; bytecode: Hex }> {
  const input = {
    language: 'Solidity',
    sources: sourcesOf(file),
    settings: { evmVersion: 'cancun', outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } } },
  };
  const { stdout } = spawnSync(process.execPath, [fromRoot('scripts/solc/solc.mjs'), '--standard-json'], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  const { errors = [], contracts = {} } = JSON.parse(stdout) as Output;
  const failed = errors.filter(({ severity }) => severity === 'error');
  if (failed.length > 0) {
    throw governanceError('GOV_INVALID_ARGUMENT', `${file} does not compile.`, {
      got: failed.map(({ formattedMessage }) => formattedMessage),
    });
  }
  const compiled = Object.entries(contracts[file] ?? {});
  return Object.fromEntries(
    compiled.map(([name, { abi, evm }]) => [name, { abi, bytecode: `0x${evm.bytecode.object}` as Hex }]),
  );
}
