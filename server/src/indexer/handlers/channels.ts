import { eq, sql } from 'drizzle-orm';
import type { PgUpdateSetSource } from 'drizzle-orm/pg-core';
import type { Hex } from 'viem';
import { secondsOf } from '../../store/columns.ts';
import { channels, hosts } from '../../store/schema.ts';
import { cidOrNull } from '../context.ts';
import type { Context, Handlers } from '../context.ts';
import { changeHost } from './hosts.ts';
import { pauseHandlers } from './payers.ts';

async function change(context: Context, id: Hex, set: PgUpdateSetSource<typeof channels>): Promise<void> {
  await context.db.update(channels).set(set).where(eq(channels.id, id));
  context.touch('channels', `channels/${id}`);
}

export const channelHandlers: Handlers<'inferenceChannels'> = {
  async ChannelOpened({ channel, payer, host, signer }, context) {
    await context.db.insert(channels).values({ id: channel, payer, host, signer, ...context.source });
    context.touch('channels', `channels/${channel}`, 'hosts', `hosts/${host}`);
  },

  ChannelToppedUp: ({ channel, deposit }, context) => change(context, channel, { deposit }),

  async VoucherRedeemed({ channel, host, amount, fee, redeemed }, context) {
    await change(context, channel, { redeemed, fees: sql`${channels.fees} + ${fee}` });
    await changeHost(context, host, { earned: sql`${hosts.earned} + ${amount}` });
  },

  ChannelClosing: ({ channel, closeAt }, context) =>
    change(context, channel, { state: 'closing', closeAt: secondsOf(BigInt(closeAt)) }),
  ChannelClosed: ({ channel, returned }, context) => change(context, channel, { state: 'closed', returned }),

  /** In the place of the channel's rating before. */
  async HostRated({ channel, host, stars, weight, review }, context) {
    const [row] = await context.db.select({ rating: channels.rating }).from(channels).where(eq(channels.id, channel));
    const before = row?.rating ?? null;
    const beforeWeight = BigInt(before?.weight ?? 0);
    const moreStars = BigInt(stars) * weight - BigInt(before?.stars ?? 0) * beforeWeight;
    const rating = { stars, weight: weight.toString(), reviewCid: cidOrNull(review), ...context.source };
    await change(context, channel, { rating });
    await changeHost(context, host, {
      stars: sql`${hosts.stars} + ${moreStars}`,
      rated: sql`${hosts.rated} + ${weight - beforeWeight}`,
      ratings: sql`${hosts.ratings} + ${before === null ? 1 : 0}`,
    });
  },

  ...pauseHandlers('inferenceChannels'),
};
