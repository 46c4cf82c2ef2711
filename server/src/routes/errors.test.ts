import { clientErrors } from '@covey/client';
import { protocolErrors } from '@covey/protocol';
import fastify from 'fastify';
import { HttpRequestError } from 'viem';
import { expect, test } from 'vitest';
import { serverError } from '../errors.ts';
import { installErrorHandler } from './errors.ts';

const url = 'https://rpc.example/v2/secret-key';
const unreachable = new HttpRequestError({ url, details: 'connect ECONNREFUSED' });

async function answerTo(thrown: Error) {
  const app = fastify();
  installErrorHandler(app);
  app.get('/', () => {
    throw thrown;
  });
  const answer = await app.inject('/');
  await app.close();
  return { status: answer.statusCode, text: answer.body, ...(answer.json() as { error: { code: string } }) };
}

test('errors of the server reach the caller with what was expected', async () => {
  expect(
    await answerTo(serverError('SERVER_NOT_FOUND', 'no such task', { expected: 'a task', got: '99' })),
  ).toMatchObject({ status: 404, error: { code: 'SERVER_NOT_FOUND', message: 'no such task', got: '99' } });
});

test.each([
  ['unreachable', unreachable, 'SERVER_RPC_UNAVAILABLE', 503],
  [
    'unreachable, as the client says it',
    clientErrors.error('CHAIN_UNREACHABLE', 'reading', { got: url, cause: unreachable }),
    'SERVER_RPC_UNAVAILABLE',
    503,
  ],
  ['of another chain', clientErrors.error('CHAIN_WRONG', `${url} serves another chain.`), 'SERVER_INTERNAL', 500],
  ['not to be decoded', protocolErrors.error('PROTOCOL_UNKNOWN_ENUM', url), 'SERVER_INTERNAL', 500],
])(
  'an endpoint that is %s is no fault of the caller, who does not learn its address',
  async (_, thrown, code, status) => {
    const answer = await answerTo(thrown);
    expect(answer).toMatchObject({ status, error: { code } });
    expect(answer.text).not.toContain('secret-key');
  },
);
