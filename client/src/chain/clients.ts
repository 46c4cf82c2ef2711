import type { Account, Chain, Client, Transport } from 'viem';

/** Any viem client that can read. */
export type ReadClient = Client<Transport, Chain | undefined>;

/** Any viem client with an account: a wallet client, extended with public actions or not. */
export type WriteClient = Client<Transport, Chain | undefined, Account>;
