import { connect } from '@covey/client';
import { createPublicClient, http } from 'viem';
import { serveTask } from '../../../workers/serve-task.ts';
import type { SealedOutcome, SealedRequest, SealedStep } from './messages.ts';
import { checkFile, findFaultOf, openOrder } from './sealed-work.ts';

/** Sealed files are fetched, hashed and opened off the main thread, by what chain and content say: the index takes no part. */
serveTask(self, 'WEB_SEALED', work);

async function work(request: SealedRequest, tell: (step: SealedStep) => void): Promise<SealedOutcome> {
  const { rpcUrl, deployment, gateway } = request;
  const covey = connect({ deployment, publicClient: createPublicClient({ transport: http(rpcUrl) }) });
  switch (request.ask) {
    case 'check':
      return { ask: 'check', ...(await checkFile(covey, gateway, BigInt(request.listingId), tell)) };
    case 'open':
      return { ask: 'open', ...(await openOrder(covey, gateway, request, tell)) };
    case 'fault':
      return { ask: 'fault', proof: await findFaultOf(covey, gateway, request, tell) };
  }
}
