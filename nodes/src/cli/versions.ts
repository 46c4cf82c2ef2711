import { coreWasmPath } from '@covey/wasm-core/node';
import { existsSync, readFileSync } from 'node:fs';
import { sha256, type Hex } from 'viem';
import manifest from '../../package.json' with { type: 'json' };

export interface Versions {
  covey: string;
  /** SHA-256 of the core that trains and scores here; null where it is not built. */
  core: Hex | null;
  node: string;
}

export function versions(): Versions {
  const core = existsSync(coreWasmPath) ? sha256(readFileSync(coreWasmPath)) : null;
  return { covey: manifest.version, core, node: process.version };
}

export const versionLines = ({ covey, core, node }: Versions): string[] => [
  `covey ${covey}`,
  `core  ${core ?? '–'}`,
  `node  ${node}`,
];
