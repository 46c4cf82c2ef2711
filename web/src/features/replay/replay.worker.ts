import { connect, gatewayStore } from '@covey/client';
import { replayPolicy } from '@covey/governance';
import type { PolicyReplay, ReplayProgress } from '@covey/governance';
import { createPublicClient, http } from 'viem';
import { serveTask } from '../../workers/serve-task.ts';
import type { ReplayRequest } from './replay-request.ts';

/** Settles past rounds again under proposed numbers, off the main thread; the server's index takes no part in it. */
serveTask<ReplayRequest, ReplayProgress, PolicyReplay>(self, 'WEB_REPLAY', (request, onProgress) =>
  replayPolicy({
    covey: connect({
      deployment: request.deployment,
      publicClient: createPublicClient({ transport: http(request.rpcUrl) }),
    }),
    reader: gatewayStore(request.gateway),
    changes: request.changes,
    onProgress,
  }),
);
