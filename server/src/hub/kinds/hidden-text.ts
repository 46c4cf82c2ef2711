import type { Envelope } from '@covey/governance';
import { findHidden, hiddenText } from '@covey/protocol';
import { parseObject } from './formats.ts';

/** Fields that are read as texts of several lines; all others have one. */
const withLines = new Set(['body', 'reason', 'statement', 'settings', 'metadata', 'profile']);
/** Fields that are JSON, whose texts may be escaped in it. */
const json = new Set(['metadata', 'profile']);

/** What a message holds that readers would not see as it is, in words for its sender. */
export function hiddenIn({ message }: Pick<Envelope, 'message'>): string | undefined {
  for (const [name, value] of Object.entries(message) as [string, unknown][]) {
    const rule = { lines: withLines.has(name) };
    const texts = [value, ...(json.has(name) ? Object.values(parseObject(String(value)) ?? {}) : [])].flat();
    for (const text of texts) {
      const found = typeof text === 'string' ? findHidden(text, rule) : undefined;
      if (found) return `${name} holds ${hiddenText(found)}, which readers would not see as it is`;
    }
  }
  return undefined;
}
