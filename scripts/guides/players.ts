// Who plays the roles for the guides, and what a step of theirs is.

/** Who types, in a folder of that name, and the development chain's account that is theirs. */
export const players = {
  creator: 'creator',
  trainer: 'trainer-1',
  'trainer-2': 'trainer-2',
  'trainer-3': 'trainer-3',
  validator: 'validator-1',
  'validator-2': 'validator-2',
  delegator: 'delegator',
  holder: 'voter-2',
  'holder-2': 'voter-3',
  delegate: 'voter-1',
  buyer: 'buyer',
  host: 'host',
} as const;
export type Player = keyof typeof players;

/** What is waited for before the next step. */
export type Waited = 'allocated' | 'vote passed' | 'task completed' | 'host serving' | 'vouchers redeemed';

export interface Step {
  /** The name of its block in the guide; what has none is played and not shown. */
  name?: string;
  as: Player;
  /** Lines as they are typed. */
  type: readonly string[];
  /** Runs until all is over; its block shows what it said in between. */
  daemon?: true;
  /** Names for later lines, `{name}`, by the fields of the result that they stand for; of steps that are not shown. */
  keeps?: Readonly<Record<string, string>>;
  /** That the command shall end with, else 0. */
  exit?: number;
  then?: Waited;
}

/** Accounts of the development chain, which always are the same. */
export const addresses = {
  trainer: '0xBcd4042DE499D14e55001CcbB24a551F3b954096',
  validator: '0x09DB0a93B389bEF724429898f539AEB7ac2Dd55f',
  delegate: '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
  creator: '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
  host: '0x1CBd3b2770909D4e10f157cABC84C7264073C9Ec',
} as const;
