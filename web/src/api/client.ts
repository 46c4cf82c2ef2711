import type { CoveyError } from '@covey/errors';
import { escapeHidden } from '@covey/protocol/text';
import { errorSchema } from '@covey/server/schema';
import { z } from 'zod';
import { webError } from '../errors.ts';

export interface ApiClientOptions {
  /** Origin of the server; empty for the page's own. */
  base?: string;
  fetch?: typeof fetch;
  timeoutMs?: number;
}

/**
 * One place that talks to the REST API: every answer is parsed with the server's own schema, every failure is typed. Texts
 * of others (titles, names, reasons, arguments of calls) arrive with what a reader would not see escaped, so that no page
 * shows them raw.
 */
export interface ApiClient {
  get<S extends z.ZodType>(path: string, schema: S, signal?: AbortSignal): Promise<z.output<S>>;
  post<S extends z.ZodType>(path: string, body: unknown, schema: S, signal?: AbortSignal): Promise<z.output<S>>;
}

export function createApiClient(options: ApiClientOptions = {}): ApiClient {
  const { base = '', timeoutMs = 20_000 } = options;
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));

  async function request<S extends z.ZodType>(path: string, schema: S, init: RequestInit): Promise<z.output<S>> {
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
    let response: Response;
    let text: string;
    try {
      response = await send(`${base}${path}`, {
        ...init,
        signal,
        headers: { accept: 'application/json', ...init.headers },
      });
      text = await response.text();
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      if (timeout.aborted) {
        throw webError('WEB_TIMEOUT', `No answer from ${path} within ${timeoutMs / 1000} s.`, { cause });
      }
      throw webError('WEB_NETWORK', `Could not reach the server for ${path}.`, {
        cause,
        hint: 'Check that the server is running, then try again.',
      });
    }
    const body = parseJson(text);
    if (!response.ok) throw httpError(path, response.status, shown(body));
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw webError('WEB_SCHEMA', `The answer of ${path} does not have the agreed shape.`, {
        expected: issue?.message,
        got: issue?.path.join('.'),
        hint: 'Page and server may be of different versions: reload the page.',
      });
    }
    return shown(parsed.data);
  }

  return {
    get: (path, schema, signal) => request(path, schema, { signal }),
    post: (path, body, schema, signal) =>
      request(path, schema, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
        signal,
      }),
  };
}

/** Most strings are hashes, numbers and words of English: nothing is hidden in them. */
const plain = /^[\x20-\x7e]*$/;

function shown<T>(value: T): T {
  if (typeof value === 'string') return (plain.test(value) ? value : escapeHidden(value, { lines: true })) as T;
  if (Array.isArray(value)) return value.map(shown) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shown(inner)])) as T;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function httpError(path: string, status: number, body: unknown): CoveyError {
  const code = status === 404 ? 'WEB_NOT_FOUND' : 'WEB_HTTP';
  const coded = errorSchema.safeParse(body);
  if (coded.success) {
    const { code: upstream, message, expected, got, hint } = coded.data.error;
    return webError(code, message, { expected, got, upstream, hint });
  }
  const refused = hubErrorSchema.safeParse(body);
  if (refused.success) return webError(code, refused.data.error_description, { upstream: refused.data.error });
  // A proxy in between may answer anything.
  return webError(code, `The server answered ${status} for ${path}.`, { got: String(status) });
}

/** A Snapshot hub's own shape. */
const hubErrorSchema = z.object({ error: z.string(), error_description: z.string() });
