import { connect, type CoveyChain, type CoveyWriter, type WriteClient } from '@covey/client';
import type { AppConfig } from '../api/endpoints.ts';
import { chainClient } from './client.ts';

type ChainConfig = Pick<AppConfig, 'rpcUrl' | 'deployment'>;

/** The deployment that the page is of, read from the chain itself. */
export function coveyOf({ rpcUrl, deployment }: ChainConfig): CoveyChain {
  return connect({ deployment, publicClient: chainClient({ rpcUrl }) });
}

/** The same with the reader's wallet: it signs and sends, the page's own endpoint checks and waits. */
export function writerOf({ rpcUrl, deployment }: ChainConfig, wallet: WriteClient): CoveyWriter {
  return connect({ deployment, publicClient: chainClient({ rpcUrl }), wallet });
}
