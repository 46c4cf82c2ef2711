import { connect, gatewayStore } from '@covey/client';
import { replayPolicy } from '@covey/nodes/browser';
import { createPublicClient, http } from 'viem';
import type { ReplayMessage, ReplayRequest } from './messages.ts';
import { describeFailure } from '../../workers/describe-failure.ts';

/** Settles past rounds again under proposed numbers, off the main thread; the server's index takes no part in it. */
const tell = (message: ReplayMessage) => self.postMessage(message);

self.addEventListener('message', ({ data }: MessageEvent<ReplayRequest>) => {
  replayPolicy({
    covey: connect({
      deployment: data.deployment,
      publicClient: createPublicClient({ transport: http(data.rpcUrl) }),
    }),
    reader: gatewayStore(data.gateway),
    changes: data.changes,
    onProgress: (progress) => tell({ type: 'progress', progress }),
  }).then(
    (outcome) => tell({ type: 'outcome', outcome }),
    (error: unknown) => tell({ type: 'failure', failure: describeFailure(error, 'WEB_REPLAY') }),
  );
});
