import type { HubFollow } from '../types.ts';
import { misfit, network } from './formats.ts';
import { refuse, requireHolder } from './kind.ts';
import type { Kind } from './kind.ts';

type List = 'follows' | 'subscriptions';

function checkNetwork(message: object): void {
  if (!('network' in message)) return;
  const wrong = misfit(message.network, network);
  if (wrong !== undefined) refuse(`wrong follow format: network has to be ${wrong}`);
}

/** Puts an account on one of the space's two lists: of those who follow it, and of those who want to be told. */
const join = (list: List): Kind<'follow' | 'subscribe'> => ({
  alias: true,
  async check({ from, message }, context) {
    checkNetwork(message);
    if (context.state[list].has(from)) refuse(`already in the space's ${list}`);
    await requireHolder(from, context);
  },
  apply({ id, ipfs, from, message }, state) {
    const entry: HubFollow = {
      id,
      ipfs,
      address: from,
      network: 'network' in message ? message.network : '',
      created: message.timestamp,
    };
    state[list].set(from, entry);
  },
});

const leave = (list: List): Kind<'unfollow' | 'unsubscribe'> => ({
  alias: true,
  check({ from, message }, { state }) {
    checkNetwork(message);
    const held = state[list].get(from);
    if (held === undefined) refuse(`not in the space's ${list}`);
    if (held.created > message.timestamp) refuse('already joined at later time');
  },
  apply({ from, message }, state) {
    if ((state[list].get(from)?.created ?? 0) <= message.timestamp) state[list].delete(from);
  },
});

export const follow = join('follows');
export const unfollow = leave('follows');
export const subscribe = join('subscriptions');
export const unsubscribe = leave('subscriptions');
