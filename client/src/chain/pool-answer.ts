import { BaseError } from 'viem';

/**
 * What a node says of a transaction that it does not take, in the wordings of Geth, Erigon, Nethermind, Besu, Reth and
 * Anvil.
 * - `known`: it has these very bytes;
 * - `used`: the nonce belongs to a mined transaction;
 * - `underpriced`: another transaction has the nonce, and this one does not offer enough more;
 * - `cheap`: it offers less than the chain asks for.
 */
export type PoolAnswer = 'known' | 'used' | 'underpriced' | 'cheap';

const wordings: readonly (readonly [PoolAnswer, RegExp])[] = [
  ['known', /already known|known transaction|already imported|alreadyknown|transaction already exists/i],
  ['used', /nonce(?: is)? too low|oldnonce|nonce has already been used|invalid nonce.*expected/i],
  [
    'underpriced',
    /replacement (?:transaction )?(?:fee |gas price )?(?:is )?(?:underpriced|too low)|too low to replace/i,
  ],
  ['underpriced', /could not replace existing|feetoolowtocompete/i],
  ['cheap', /less than block base fee|transaction underpriced|feetoolow|gas price (?:is )?(?:too low|below)/i],
];

/** Null for what is no such answer. */
export function poolAnswer(error: unknown): PoolAnswer | null {
  if (!(error instanceof BaseError)) return null;
  const texts = [error.details, error.shortMessage];
  error.walk((cause) => {
    texts.push(cause instanceof BaseError ? cause.details : (cause as Error).message);
    return false;
  });
  const said = texts.join('\n');
  return wordings.find(([, wording]) => wording.test(said))?.[0] ?? null;
}
