import { pair } from '../state.ts';
import { misfit, name, network, text } from './formats.ts';
import type { Format } from './formats.ts';
import { refuse, requireHolder } from './kind.ts';
import type { Kind } from './kind.ts';

/** Snapshot's schema of a statement. */
const fields: Record<'about' | 'statement' | 'discourse' | 'network', Format> = {
  about: text(140),
  statement: text(10_000),
  discourse: name(30, /^[A-Za-z0-9-_.]*$/, 'letters, digits, -, _ and .'),
  network,
};
const statuses = ['ACTIVE', 'INACTIVE'];

/** What a delegate says of itself and of how it will vote: one a network, the latest counts. */
export const statement: Kind<'statement'> = {
  alias: true,

  async check({ from, message }, context) {
    for (const [key, format] of Object.entries(fields)) {
      const misfits = misfit(message[key as keyof typeof fields], format);
      if (misfits !== undefined) refuse(`wrong statement format: ${key} has to be ${misfits}`);
    }
    if (!statuses.includes(message.status)) refuse(`wrong statement format: status has to be ${statuses.join(' or ')}`);
    const held = context.state.statements.get(pair(from, message.network));
    if (held !== undefined && held.updated >= message.timestamp) refuse('already set at later time');
    await requireHolder(from, context);
  },

  apply({ id, ipfs, from, message }, state) {
    const key = pair(from, message.network);
    const held = state.statements.get(key);
    const { about, statement: said, discourse, status, timestamp } = message;
    if (held !== undefined && held.updated >= timestamp) return;
    state.statements.set(key, {
      id,
      ipfs,
      delegate: from,
      about,
      statement: said,
      discourse,
      status,
      network: message.network,
      created: held?.created ?? timestamp,
      updated: timestamp,
    });
  },
};
