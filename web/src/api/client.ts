import type { CoveyError } from '@covey/errors';
import type { z } from 'zod';
import { webError } from '../errors.ts';

export interface ApiClientOptions {
  /** Origin of the server; empty for the page's own. */
  base?: string;
  fetch?: typeof fetch;
  timeoutMs?: number;
}

/** One place that talks to the REST API: every answer is parsed with the server's own schema, every failure is typed. */
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
    if (!response.ok) throw httpError(path, response.status, body);
    const parsed = schema.safeParse(body);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw webError('WEB_SCHEMA', `The answer of ${path} does not have the agreed shape.`, {
        expected: issue?.message,
        got: issue?.path.join('.'),
        hint: 'Page and server may be of different versions: reload the page.',
      });
    }
    return parsed.data;
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function httpError(path: string, status: number, body: unknown): CoveyError {
  const described = describe(body);
  const code = status === 404 ? 'WEB_NOT_FOUND' : 'WEB_HTTP';
  return webError(code, described.message ?? `The server answered ${status} for ${path}.`, {
    got: String(status),
    upstream: described.code,
    hint: described.hint,
  });
}

/**
 * Errors of the server are `{ error: { code, message, hint? } }`, those of a Snapshot hub `{ error, error_description }`;
 * a proxy in between may answer anything.
 */
function describe(body: unknown): { code?: string; message?: string; hint?: string } {
  if (typeof body !== 'object' || body === null || !('error' in body)) return {};
  const { error } = body;
  if (typeof error === 'string' && 'error_description' in body && typeof body.error_description === 'string') {
    return { code: error, message: body.error_description };
  }
  if (typeof error !== 'object' || error === null) return {};
  const text = (key: string) => {
    const value = (error as Record<string, unknown>)[key];
    return typeof value === 'string' ? value : undefined;
  };
  return { code: text('code'), message: text('message'), hint: text('hint') };
}
