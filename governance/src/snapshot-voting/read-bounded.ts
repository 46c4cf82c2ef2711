import { governanceError } from '../errors.ts';

/** Where an answer ends, whatever the server does. */
export interface AnswerBounds {
  /** Milliseconds for the whole answer, its body included. */
  timeoutMs: number;
  maxBytes: number;
}

/**
 * What a server answers, read no longer and no further than the bounds: one that sends for ever is cut off. Throws
 * GOV_HUB_UNREACHABLE when it takes too long or breaks off, GOV_HUB_ANSWER when it sends more. `what` names the server.
 */
export async function readBounded(
  what: string,
  url: string,
  init: RequestInit,
  { timeoutMs, maxBytes }: AnswerBounds,
): Promise<{ status: number; ok: boolean; bytes: Uint8Array<ArrayBuffer> }> {
  const cut = new AbortController();
  const timer = setTimeout(() => cut.abort(), timeoutMs);
  try {
    const response = await fetch(url, { ...init, signal: cut.signal });
    const bytes = await bodyOf(response, what, maxBytes);
    return { status: response.status, ok: response.ok, bytes };
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'GOV_HUB_ANSWER') throw cause;
    const late = cut.signal.aborted
      ? `${what} does not answer within ${timeoutMs / 1000} s.`
      : `${what} does not answer.`;
    throw governanceError('GOV_HUB_UNREACHABLE', late, { got: url, cause });
  } finally {
    clearTimeout(timer);
    // What is still being sent is not wanted any more.
    cut.abort();
  }
}

async function bodyOf(response: Response, what: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) {
      throw governanceError('GOV_HUB_ANSWER', `${what} sends more than any answer has.`, {
        expected: `${maxBytes} bytes at most`,
      });
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
