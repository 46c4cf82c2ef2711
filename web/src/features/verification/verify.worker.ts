import { connect, gatewayStore, verifyRound } from '@covey/client';
import { loadCore } from '@covey/wasm-core';
import { createPublicClient, http } from 'viem';
import { serveTask } from '../../workers/serve-task.ts';
import type { VerifyOutcome, VerifyRequest, VerifyStep } from './messages.ts';

/**
 * Recomputes a round off the main thread: the same wasm, the same inputs by CID, the chain read directly. The server's
 * index takes no part in it.
 */
serveTask(self, 'WEB_VERIFY', verify);

async function verify(request: VerifyRequest, tell: (step: VerifyStep) => void): Promise<VerifyOutcome> {
  tell({ step: 'core', done: 0, total: 1 });
  const response = await fetch(request.wasmUrl);
  if (!response.ok) throw new Error(`The scorer could not be loaded: HTTP ${response.status} for ${request.wasmUrl}.`);
  // loadCore hashes the bytes; verifyRound compares that hash with the scorer that the chain names for this round.
  const core = await loadCore(await response.arrayBuffer());
  const result = await verifyRound({
    covey: connect({
      deployment: request.deployment,
      publicClient: createPublicClient({ transport: http(request.rpcUrl) }),
    }),
    taskId: BigInt(request.taskId),
    round: request.round,
    // What the gateway stores now, not what this browser happens to have kept.
    store: gatewayStore(request.gateway, { fetch: (input, init) => fetch(input, { ...init, cache: 'no-store' }) }),
    core,
    onProgress: ({ step, done, total }) => tell({ step, done, total }),
  });
  return {
    match: result.match,
    acceptedHash: result.acceptedHash,
    computedHash: result.computedHash,
    scorer: core.sha256,
    rows: result.perSubmission.map(({ index, match, differences }) => ({ index, match, differences })),
    differences: result.differences,
    problems: result.problems,
  };
}
