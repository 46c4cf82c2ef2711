import { ALIAS_SECONDS, pair } from '../state.ts';
import { refuse, requireHolder } from './kind.ts';
import type { Kind } from './kind.ts';

/** Lets another key sign in the sender's name for 30 days: see `alias` of each kind for what. */
export const alias: Kind<'alias'> = {
  alias: false,

  async check({ from, message }, context) {
    if (message.alias === from) refuse('alias cannot be the same as the address');
    const held = context.state.aliases.get(pair(from, message.alias));
    if (held !== undefined && held.created >= message.timestamp) refuse('already set at later time');
    await requireHolder(from, context);
  },

  apply({ id, ipfs, from, message }, state) {
    const key = pair(from, message.alias);
    const created = message.timestamp;
    if ((state.aliases.get(key)?.created ?? 0) >= created) return;
    const expires = created + ALIAS_SECONDS;
    state.aliases.set(key, { id, ipfs, address: from, alias: message.alias, created, expires });
  },
};
