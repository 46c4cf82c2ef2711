import type { Deployment } from '@covey/contracts/abi';
import type { AppConfig } from '../api/endpoints.ts';

/** Where a worker reads by itself, as addresses that need no page around them. */
export interface Sources {
  rpcUrl: string;
  /** Origin of the trustless gateway; blocks are hash-checked, so it need not be trusted. */
  gateway: string;
  deployment: Deployment;
}

export function sourcesOf(config: AppConfig): Sources {
  return {
    rpcUrl: new URL(config.rpcUrl, location.href).href,
    gateway: new URL(config.ipfsGateway, location.href).href.replace(/\/ipfs\/?$/, ''),
    deployment: { ...config.deployment },
  };
}
