import {
  bondStates as chainBondStates,
  faults,
  listingKinds as chainKinds,
  listingStates as chainStates,
  orderStates as chainOrderStates,
} from '@covey/contracts/abi/enums';
import { z } from 'zod';
import { address, bytes32, cid, decimal, documentOf, hex, index, seconds, sourceSchema } from './primitives.ts';

export const bondStates = chainBondStates;
/** Contracts that owe accounts what they have earned on the market. */
export const payers = ['modelMarket', 'keyEscrow'] as const;
/** Contracts into which the DAO can pause payments. */
export const pausable = [...payers, 'inferenceChannels', 'inferenceDesk'] as const;
export const listingKindSchema = z.enum(chainKinds).exclude(['none']);
export const listingStateSchema = z.enum(chainStates).exclude(['none']);
export const orderStateSchema = z.enum(chainOrderStates).exclude(['none']);
export const listingSorts = ['newest', 'cheapest', 'dearest', 'sales'] as const;

/** What a listing's history tells beside its sales. */
export const listingEvents = [
  'listed',
  'priceChanged',
  'paused',
  'resumed',
  'delisted',
  'bondPosted',
  'bondReleased',
  'fraudProven',
] as const;

const origin = { at: seconds, source: sourceSchema };

/** What a price is paid in; what a foreign token does not say of itself is null. */
export const paymentTokenSchema = z.object({
  address,
  symbol: z.string().nullable(),
  decimals: index.nullable(),
  /** Listings in a refused token are not sold. */
  allowed: z.boolean(),
});
export type PaymentToken = z.output<typeof paymentTokenSchema>;

export const purchaseSchema = z.object({
  listingId: decimal,
  /** Who has the licence. */
  buyer: address,
  payer: address,
  price: decimal,
  fee: decimal,
  toSeller: decimal,
  toContributors: decimal,
  /** Unix seconds; null for ever. */
  licenceEnd: seconds.nullable(),
  /** Of a sealed model. */
  orderId: decimal.nullable(),
  ...origin,
});
export type Purchase = z.output<typeof purchaseSchema>;

export const listingSchema = z.object({
  id: decimal,
  kind: listingKindSchema,
  state: listingStateSchema,
  /** It can be bought or ordered now: active, its token allowed, and a sealed one's bond standing. */
  forSale: z.boolean(),
  /** A wrong key or wrong content of it was proven. */
  fraudulent: z.boolean(),
  /** The task's, or what its maker calls it; null where no document says. */
  name: z.string().nullable(),
  seller: address,
  taskId: decimal.nullable(),
  /** Contributors are those of the task's rounds below this number. */
  rounds: index,
  /** Of a sealed one its manifest's. */
  modelCid: cid,
  cardCid: cid.nullable(),
  /** SPDX identifier that the task names; null where none does. */
  licence: z.string().nullable(),
  token: paymentTokenSchema,
  /** Wei of the token, as are the sums below. */
  price: decimal,
  /** Seconds of licence that a price pays for; 0 for ever. */
  period: index,
  /** Part of the price for the seller of a task's model, scaled by 1e18. */
  creatorShare: decimal,
  sales: index,
  revenue: decimal,
  toContributors: decimal,
  listedAt: seconds,
  source: sourceSchema,
});
export type Listing = z.output<typeof listingSchema>;

/** What anybody may read of a sealed model (`covey.sealed/1`), held to what the chain says of it. */
const manifestSchema = z.object({
  name: z.string(),
  description: z.string(),
  ciphertext: cid,
  leaves: cid,
  card: cid.nullable(),
});

export const sealedSchema = z.object({
  /** Of the plaintext. */
  bytes: decimal,
  keyHash: bytes32,
  plainRoot: bytes32,
  cipherRoot: bytes32,
  manifest: documentOf(manifestSchema),
  bond: z.object({ state: z.enum(chainBondStates), amount: decimal }),
  openOrders: index,
  fraud: z
    .object({
      orderId: decimal,
      reporter: address,
      fault: z.enum(faults),
      toReporter: decimal,
      toTreasury: decimal,
      ...origin,
    })
    .nullable(),
});

/** What a maker says of a model (`covey.card/1`); no number of it is checked by anybody. */
const cardSchema = z.object({
  /** Markdown. */
  text: z.string(),
  languages: z.array(z.string()),
  datasets: z.array(z.string()),
  baseModels: z.array(z.string()),
  tags: z.array(z.string()),
});

export const listingDetailSchema = listingSchema.extend({
  /** Null where the listing names none. */
  card: documentOf(cardSchema).nullable(),
  /** Null of an open model. */
  sealed: sealedSchema.nullable(),
  /** Versions before and after it, the oldest first, itself among them. */
  versions: z.array(
    z.object({
      id: decimal,
      previous: decimal.nullable(),
      modelCid: cid,
      state: listingStateSchema,
      price: decimal,
      /** A version may be sold for another token than the next. */
      token: paymentTokenSchema,
      listedAt: seconds,
    }),
  ),
  history: z.array(z.object({ event: z.enum(listingEvents), amount: decimal.nullable(), ...origin })),
  /** The newest; all of them are at /listings/:id/purchases. */
  purchases: z.array(purchaseSchema),
  revenueClaims: z.array(z.object({ round: index, node: address, amount: decimal, ...origin })),
});
export type ListingDetail = z.output<typeof listingDetailSchema>;

export const orderSchema = z.object({
  id: decimal,
  listingId: decimal,
  listingName: z.string().nullable(),
  buyer: address,
  seller: address,
  state: orderStateSchema,
  /**
   * What can happen now: `deliver`: the seller delivers before `deliverBy`; `refund`: anybody gives the buyer its price back;
   * `check`: the buyer disputes or accepts before `disputeEnd`; `settle`: anybody has the seller paid; null: nothing more.
   */
  next: z.enum(['deliver', 'refund', 'check', 'settle']).nullable(),
  token: paymentTokenSchema,
  price: decimal,
  /** P = b·G of BLS12-381's first group, 128 bytes. */
  publicKey: hex,
  deliverBy: seconds,
  disputeEnd: seconds.nullable(),
  delivery: z.object({ point: hex, wrapped: bytes32, ...origin }).nullable(),
  settlement: z.object({ fee: decimal, toSeller: decimal, licenceEnd: seconds.nullable(), ...origin }).nullable(),
  refund: z.object(origin).nullable(),
  orderedAt: seconds,
  source: sourceSchema,
});
export type Order = z.output<typeof orderSchema>;

export const licenceSchema = z.object({
  listingId: decimal,
  listingName: z.string().nullable(),
  kind: listingKindSchema,
  modelCid: cid,
  /** Unix seconds; null for ever. */
  end: seconds.nullable(),
  active: z.boolean(),
  ...origin,
});
export type Licence = z.output<typeof licenceSchema>;

/** What holds for the whole market. */
export const marketSchema = z.object({
  paymentTokens: z.array(paymentTokenSchema),
  /**
   * Until when the DAO has paused new listings and purchases, orders and bonds, payments into channels, and requests at
   * the desk; null while they are open.
   */
  pausedUntil: z.object({
    modelMarket: seconds.nullable(),
    keyEscrow: seconds.nullable(),
    inferenceChannels: seconds.nullable(),
    inferenceDesk: seconds.nullable(),
  }),
});
export type Market = z.output<typeof marketSchema>;

/** What an account has on the market. */
export const marketAccountSchema = z.object({
  address,
  /** May deliver for its listings. */
  deliveryKey: address.nullable(),
  listings: index,
  licences: index,
  /** Neither settled nor refunded. */
  openOrders: z.object({ asBuyer: index, asSeller: index }),
  /** What it can withdraw, and has earned by sales or was refused by a token: wei of the token. */
  balances: z.array(
    z.object({ contract: z.enum(payers), token: paymentTokenSchema, owed: decimal, credited: decimal }),
  ),
  /** Its parts of the sales of models that its work is in; `claimable` now, wei of the token. */
  contributions: z.array(
    z.object({
      listingId: decimal,
      taskId: decimal,
      round: index,
      token: paymentTokenSchema,
      claimed: decimal,
      /** Null while the round's result document is not there. */
      claimable: decimal.nullable(),
    }),
  ),
});
export type MarketAccount = z.output<typeof marketAccountSchema>;
