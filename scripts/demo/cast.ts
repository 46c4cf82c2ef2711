// Who plays whom in the demo: indexes of anvil's test accounts. Worth nothing on any real chain.

const indexes = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);

export const cast = {
  deployer: 0,
  creator: 1,
  /** Token holders who vote; the first one also writes the proposals. */
  voters: indexes(2, 3),
  buyer: 5,
  /** Calls what anyone may call. */
  keeper: 6,
  /** Holds tokens and plays no part: the account to vote with in the web app. */
  visitor: 7,
  /** Holds what is liquid and nobody else's. */
  ecosystem: 8,
  trainers: indexes(10, 8),
  validators: indexes(20, 6),
  /** One owner's validators, a sixth of its stake each. */
  sybil: indexes(26, 4),
  /** Delegate stake: to an honest training node, and to an honest validator. */
  delegators: indexes(30, 2),
  /** Locks tokens for more votes. */
  locker: 9,
  team: 35,
  investors: 36,
  /** Serve models for pay; the second one another model than it says. */
  host: 37,
  lyingHost: 38,
};

/** Positions among the trainers of those who misbehave. */
export const poisoner = 5;
export const garbageSender = 6;
export const copier = 7;
/** Position of the trainer whom the copier copies. */
export const copied = 0;
/** Position among the validators of the one who lies. */
export const liar = 3;
/** Positions among the validators of those who say to lack what others submitted: a third of the stake. */
export const censors = [4, 5];
