import { eq } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Address } from 'viem';
import { secondsOf } from '../../store/columns.ts';
import { hosts } from '../../store/schema.ts';
import { cidText } from '../context.ts';
import type { Context, Handlers } from '../context.ts';

/** Changes a host and tells of it. */
export async function changeHost(context: Context, node: Address, set: PgUpdateSetSource<typeof hosts>): Promise<void> {
  await context.db.update(hosts).set(set).where(eq(hosts.node, node));
  context.touch('hosts', `hosts/${node}`);
}

export const hostHandlers: Handlers<'hostRegistry'> = {
  async HostEnlisted({ node, enlistment, ratio, bound, minimum }, context) {
    const { db, source, touch } = context;
    const set = {
      ...{ state: 'enlisted' as const, enlistment, enlistedAt: source.at, casesEnd: null, struck: false },
      ...{ ratio, bound, minimum },
      ...source,
    };
    await db
      .insert(hosts)
      .values({ node, ...set })
      .onConflictDoUpdate({ target: hosts.node, set });
    touch('hosts', `hosts/${node}`);
  },

  async HostTermsSet({ node, signer, endpoint, offer, capacity }, context) {
    const offerCid = cidText(offer);
    // Some databases refuse a zero byte in text.
    const written = endpoint.replaceAll('\u0000', '\ufffd');
    await changeHost(context, node, { signer, endpoint: written, offerCid, capacity });
    context.want(offerCid, 'offer');
  },

  HostRenewed: ({ node, ratio, bound, minimum }, context) => changeHost(context, node, { ratio, bound, minimum }),
  HostStruck: ({ node }, context) => changeHost(context, node, { struck: true }),
  HostLeft: ({ node, casesEnd }, context) =>
    changeHost(context, node, { state: 'left', casesEnd: secondsOf(BigInt(casesEnd)) }),
  HostReleased: ({ node }, context) =>
    changeHost(context, node, { state: 'none', casesEnd: null, ratio: 0n, bound: 0n }),
  HostHeld: ({ node, holds }, context) => changeHost(context, node, { holds }),
  HostLetGo: ({ node, holds }, context) => changeHost(context, node, { holds }),
  HostBoundLowered: ({ node, bound }, context) => changeHost(context, node, { bound }),
};
