import { connect, gatewayStore } from '@covey/client';
import type { PolicyReplay } from '@covey/governance';
import { replayPolicy } from '@covey/nodes/browser';
import type { ReplayProgress } from '@covey/nodes/browser';
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
