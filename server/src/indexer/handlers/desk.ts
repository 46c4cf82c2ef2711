import { disputeVerdicts } from '@covey/contracts/abi/enums';
import { decodeEnum } from '@covey/protocol';
import { eq } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import { isAddressEqual, zeroAddress } from 'viem';
import { secondsOf } from '../../store/columns.ts';
import { inferenceRequests } from '../../store/schema.ts';
import { cidOrNull } from '../context.ts';
import type { Context, Handlers } from '../context.ts';
import { pauseHandlers } from './payers.ts';

type RequestRow = typeof inferenceRequests.$inferSelect;

async function change(context: Context, id: bigint, set: PgUpdateSetSource<typeof inferenceRequests>): Promise<void> {
  const [row] = await context.db.update(inferenceRequests).set(set).where(eq(inferenceRequests.id, id)).returning();
  if (row !== undefined) tell(context, id, row);
}

function tell({ touch }: Context, id: bigint, { host, node }: Pick<RequestRow, 'host' | 'node'>): void {
  touch('desk/requests', `desk/requests/${id}`);
  for (const one of [host, node]) if (one !== null) touch(`hosts/${one}`);
}

export const deskHandlers: Handlers<'inferenceDesk'> = {
  async InferenceAsked({ requestId, asker, host: named, order, inputBytes, answerEnd }, context) {
    const host = isAddressEqual(named, zeroAddress) ? null : named;
    const { model, scorer, input, fee, callbackGas, disputeWindow } = order;
    await context.db.insert(inferenceRequests).values({
      ...{ id: requestId, asker, host, model, scorer, fee, callbackGas, disputeWindow },
      inputCid: cidOrNull(input),
      inputBytes: inputBytes === '0x' ? null : inputBytes,
      end: secondsOf(BigInt(answerEnd)),
      ...context.source,
    });
    tell(context, requestId, { host, node: null });
  },

  InferenceAnswered: ({ requestId, node, output, disputeEnd }, context) =>
    change(context, requestId, {
      ...{ state: 'answered', node, end: secondsOf(BigInt(disputeEnd)) },
      answer: { node, output, ...context.source },
    }),

  InferenceDisputed: ({ requestId, disputer, output, bond, rulingEnd }, context) =>
    change(context, requestId, {
      ...{ state: 'disputed', end: secondsOf(BigInt(rulingEnd)) },
      dispute: { disputer, output, bond: bond.toString(), ...context.source },
    }),

  /** Where both were wrong, InferenceRefunded follows. */
  InferenceRuled: ({ requestId, verdict }, context) =>
    change(context, requestId, {
      state: 'ruled',
      ruling: { verdict: decodeEnum(disputeVerdicts, verdict), ...context.source },
    }),

  InferenceDelivered: ({ requestId, payee, amount, fee, called }, context) =>
    change(context, requestId, {
      state: 'delivered',
      delivery: { payee, amount: amount.toString(), fee: fee.toString(), called, ...context.source },
    }),

  InferenceRefunded: ({ requestId }, context) =>
    change(context, requestId, { state: 'refunded', refund: context.source }),

  ...pauseHandlers('inferenceDesk'),
};
