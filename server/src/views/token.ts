import { coveyTokenAbi } from '@covey/contracts/abi';
import type { Config } from '../schema/index.ts';
import type { Reader } from './reader.ts';

/** Of each index the token's words of itself, which never change. */
const known = new WeakMap<Reader['db'], Config['token']>();

/** What COVEY says of itself. */
export async function readToken({ db, client, deployment }: Reader): Promise<Config['token']> {
  const found = known.get(db);
  if (found !== undefined) return found;
  const token = { address: deployment.token, abi: coveyTokenAbi } as const;
  const [name, symbol, decimals] = await Promise.all([
    client.readContract({ ...token, functionName: 'name' }),
    client.readContract({ ...token, functionName: 'symbol' }),
    client.readContract({ ...token, functionName: 'decimals' }),
  ]);
  known.set(db, { name, symbol, decimals });
  return { name, symbol, decimals };
}
