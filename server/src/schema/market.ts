import { z } from 'zod';
import { address, cid, decimal, index, seconds, sourceSchema } from './primitives.ts';

export const purchaseSchema = z.object({
  listingId: decimal,
  buyer: address,
  price: decimal,
  fee: decimal,
  toCreator: decimal,
  toContributors: decimal,
  at: seconds,
  source: sourceSchema,
});
export type Purchase = z.output<typeof purchaseSchema>;

export const listingSchema = z.object({
  id: decimal,
  taskId: decimal,
  taskName: z.string().nullable(),
  creator: address,
  modelCid: cid,
  /** Wei. */
  price: decimal,
  /** Part of the price for the creator, scaled by 1e18. */
  creatorShare: decimal,
  active: z.boolean(),
  sales: index,
  revenue: decimal,
  toContributors: decimal,
  listedAt: seconds,
  source: sourceSchema,
});
export type Listing = z.output<typeof listingSchema>;

export const listingDetailSchema = listingSchema.extend({
  purchases: z.array(purchaseSchema),
  revenueClaims: z.array(z.object({ round: index, node: address, amount: decimal, at: seconds, source: sourceSchema })),
});
export type ListingDetail = z.output<typeof listingDetailSchema>;
