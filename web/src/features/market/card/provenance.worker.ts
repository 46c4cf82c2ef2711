import { connect, gatewayStore, readProvenance } from '@covey/client';
import { readTaskDecision } from '@covey/governance';
import { createPublicClient, http } from 'viem';
import { serveTask } from '../../../workers/serve-task.ts';
import type { ProvenanceOutcome, ProvenanceRequest, ProvenanceStep } from './messages.ts';

/** Reads where a model comes from, of chain and content alone, off the main thread: every round of its task is looked at. */
serveTask(self, 'WEB_PROVENANCE', read);

async function read(
  { deployment, rpcUrl, gateway, model }: ProvenanceRequest,
  tell: (step: ProvenanceStep) => void,
): Promise<ProvenanceOutcome> {
  const { provenance, bytes, cid } = await readProvenance({
    covey: connect({ deployment, publicClient: createPublicClient({ transport: http(rpcUrl) }) }),
    reader: gatewayStore(gateway),
    model,
    decision: readTaskDecision,
    onProgress: tell,
  });
  return { provenance, bytes: new Uint8Array(bytes), cid };
}
