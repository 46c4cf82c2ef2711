import { join } from 'node:path';
import type { Config } from './config-file.ts';

export const networkNames = ['local', 'custom'] as const;

export type NetworkName = (typeof networkNames)[number];

/** What `covey init` starts from. No public deployment exists yet: another network is told by flags. */
export const networks: Readonly<Record<NetworkName, Omit<Config, 'schema' | 'network'>>> = {
  /** What `npm run dev` starts, seen from the folder of the repository. */
  local: {
    rpc: ['http://127.0.0.1:8545'],
    deployment: join('.covey', 'dev', 'deployment.json'),
    ipfs: 'http://127.0.0.1:8080',
    beacon: ['http://127.0.0.1:8546'],
  },
  custom: {},
};
