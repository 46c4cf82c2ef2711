import type { HubProfile } from '../types.ts';
import { misfit, name, parseObject, text, url } from './formats.ts';
import type { Format } from './formats.ts';
import { refuse, requireHolder } from './kind.ts';
import type { Kind } from './kind.ts';

/** Snapshot's schema of a profile. */
const fields: Record<string, Format> = {
  name: text(32),
  about: text(256),
  avatar: url(256),
  cover: url(256),
  twitter: name(15, /^[A-Za-z0-9_]*$/, 'letters, digits and _'),
  github: name(39, /^[A-Za-z0-9_-]*$/, 'letters, digits, _ and -'),
  lens: name(26, /^[A-Za-z0-9_]*$/, 'letters, digits and _'),
  farcaster: name(17, /^[a-z0-9-]*$/, 'a to z, 0 to 9 and -'),
};

/** What an account says of itself, in all spaces. */
export const profile: Kind<'profile'> = {
  alias: true,

  async check({ from, message }, context) {
    const wrong = (what: string) => refuse(`wrong profile format: ${what}`);
    const said = parseObject(message.profile) ?? wrong('profile is no JSON object');
    for (const [key, value] of Object.entries(said)) {
      const format = Object.hasOwn(fields, key) ? fields[key] : undefined;
      if (format === undefined) wrong(`unknown field ${key.slice(0, 40)}; known are ${Object.keys(fields).join(', ')}`);
      else {
        const misfits = misfit(value, format);
        if (misfits !== undefined) wrong(`${key} has to be ${misfits}`);
      }
    }
    if ((context.state.profiles.get(from)?.created ?? 0) >= message.timestamp) refuse('already set at later time');
    await requireHolder(from, context);
  },

  apply({ ipfs, from, message }, state) {
    if ((state.profiles.get(from)?.created ?? 0) >= message.timestamp) return;
    const said = Object.entries(parseObject(message.profile) ?? {}).filter(
      ([key, value]) => Object.hasOwn(fields, key) && typeof value === 'string',
    );
    const entry: HubProfile = { ...Object.fromEntries(said), ipfs, address: from, created: message.timestamp };
    state.profiles.set(from, entry);
  },
};
