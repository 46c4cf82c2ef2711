import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Abi, Hex } from 'viem';
import { governanceError } from '../errors.ts';

const fromRoot = (path: string): string => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

interface Output {
  errors?: { severity: string; formattedMessage: string }[];
  contracts?: Record<string, Record<string, { abi: Abi; evm: { bytecode: { object: string } } }>>;
}

/** Compiles a Solidity file that imports nothing, for contracts that only tests need; path from the repository's root. */
export function compile(file: string): Record<string, { abi: Abi; bytecode: Hex }> {
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: readFileSync(fromRoot(file), 'utf8') } },
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
