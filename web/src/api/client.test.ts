import { CoveyError } from '@covey/errors';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApiClient } from './client.ts';

const schema = z.object({ value: z.string() });

function answering(status: number, body: string) {
  const requests: { url: string; init?: RequestInit }[] = [];
  const client = createApiClient({
    base: 'http://api',
    fetch: (async (url: string, init?: RequestInit) => {
      requests.push({ url, init });
      return new Response(body, { status });
    }) as unknown as typeof fetch,
  });
  return { client, requests };
}

async function failure(promise: Promise<unknown>): Promise<CoveyError> {
  const error = await promise.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).toBeInstanceOf(CoveyError);
  return error as CoveyError;
}

describe('api client', () => {
  it('parses an answer with the schema', async () => {
    const { client, requests } = answering(200, '{"value":"x","extra":1}');
    expect(await client.get('/api/v1/thing', schema)).toEqual({ value: 'x' });
    expect(requests[0]?.url).toBe('http://api/api/v1/thing');
  });

  it('a title of zero-width characters, or one that is written backwards, reaches pages as what it is', async () => {
    const text = { title: '\u200b\u2060', body: 'Pay\n\u202eeno on', choices: ['Yes', 'Yes\u200b', '👩‍🚀 好'] };
    const texts = z.object({ title: z.string(), body: z.string(), choices: z.array(z.string()) });
    expect(await answering(200, JSON.stringify(text)).client.get('/a', texts)).toEqual({
      title: '\\u{200b}\\u{2060}',
      body: 'Pay\n\\u{202e}eno on',
      choices: ['Yes', 'Yes\\u{200b}', '👩‍🚀 好'],
    });
  });

  it('refuses an answer of another shape and names the field', async () => {
    const error = await failure(answering(200, '{"value":1}').client.get('/a', schema));
    expect(error.code).toBe('WEB_SCHEMA');
    expect(error.got).toBe('value');
  });

  it('keeps what a server error says, code, expectation and hint', async () => {
    const thrown = new CoveyError(
      'SERVER_NOT_READY',
      { kind: 'unreachable', meaning: '', action: 'Wait.' },
      'indexing',
      {
        expected: 'block 9',
        got: 'block 3',
      },
    );
    const error = await failure(answering(503, JSON.stringify({ error: thrown })).client.get('/a', schema));
    expect(error).toMatchObject({
      code: 'WEB_HTTP',
      upstream: 'SERVER_NOT_READY',
      shortMessage: 'indexing',
      expected: 'block 9',
      got: 'block 3',
      hint: 'Wait.',
    });
  });

  it('keeps what a Snapshot hub says when it refuses a message', async () => {
    const body = JSON.stringify({ error: 'client_error', error_description: 'no voting power\u202e' });
    const error = await failure(answering(400, body).client.post('/snapshot', {}, schema));
    expect(error).toMatchObject({
      code: 'WEB_HTTP',
      upstream: 'client_error',
      shortMessage: 'no voting power\\u{202e}',
    });
  });

  it('tells 404 apart, also when a proxy answers with HTML', async () => {
    expect((await failure(answering(404, '<html>').client.get('/a', schema))).code).toBe('WEB_NOT_FOUND');
    expect((await failure(answering(502, '<html>').client.get('/a', schema))).code).toBe('WEB_HTTP');
  });

  it('reports an unreachable server', async () => {
    const client = createApiClient({ fetch: () => Promise.reject(new TypeError('fetch failed')) });
    expect((await failure(client.get('/a', schema))).code).toBe('WEB_NETWORK');
  });

  it('gives up after its time', async () => {
    const client = createApiClient({
      timeoutMs: 20,
      fetch: (_url, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
        }),
    });
    expect((await failure(client.get('/a', schema))).code).toBe('WEB_TIMEOUT');
  });

  it('lets a cancelled query stay a cancellation', async () => {
    const controller = new AbortController();
    const client = createApiClient({
      fetch: (_url, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
        }),
    });
    const pending = client.get('/a', schema, controller.signal);
    controller.abort();
    await expect(pending).rejects.toMatchObject({ name: 'AbortError' });
  });
});
