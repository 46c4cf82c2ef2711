import { createPublicClient, http } from 'viem';
import type { PublicClient } from 'viem';
import type { AppConfig } from '../api/endpoints.ts';

let client: PublicClient | undefined;

/** Reads the chain itself, not the server's index; needs no wallet. There is one chain as long as the page lives. */
export function chainClient(config: Pick<AppConfig, 'rpcUrl'>): PublicClient {
  client ??= createPublicClient({ transport: http(config.rpcUrl) });
  return client;
}
