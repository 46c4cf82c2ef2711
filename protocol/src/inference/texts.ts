import type { InferenceAnswer } from './answer.ts';

/** A model of bytes takes a text as its UTF-8. */
export const tokensOfText = (text: string): number[] => [...new TextEncoder().encode(text)];

/** Bytes of half a character become U+FFFD. */
export const textOfTokens = (tokens: readonly number[]): string => new TextDecoder().decode(Uint8Array.from(tokens));

export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** What a chat is to a model of bytes: a line for each message, and the beginning of the next one. */
export const promptOfChat = (messages: readonly ChatMessage[]): string =>
  `${messages.map(({ role, content }) => `${role}: ${content}\n`).join('')}assistant: `;

/** Where the model goes on to speak for the user, its own turn has ended. */
export const CHAT_STOP = '\nuser: ';

/** What was said, without the stop that ended it. */
export function withoutStop(
  { tokens, finish }: Extract<InferenceAnswer, { kind: 'tokens' }>,
  stops: readonly (readonly number[])[],
): number[] {
  if (finish !== 'stop') return tokens;
  const ended = stops.find((stop) => endsWith(tokens, stop));
  return tokens.slice(0, tokens.length - (ended?.length ?? 0));
}

export function endsWith(tokens: readonly number[], end: readonly number[]): boolean {
  const start = tokens.length - end.length;
  return start >= 0 && end.every((token, i) => tokens[start + i] === token);
}
