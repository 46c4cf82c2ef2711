import { createPublicClient, custom, RpcRequestError, HttpRequestError, type Hex } from 'viem';
import { expect, it } from 'vitest';
import { tokenVotingAbi } from '@covey/contracts/abi';
import { contractAnswer } from './contract-answer.ts';

const address = '0x00000000000000000000000000000000000000aa';
/** What is asked of an endpoint that answers every question so. */
const ask = (request: () => Promise<Hex>) =>
  contractAnswer(
    createPublicClient({ transport: custom({ request }, { retryCount: 0 }) }).readContract({
      ...{ address, abi: tokenVotingAbi, functionName: 'getVotingToken' },
    }),
  );

it('no contract, a refusal and an answer of another kind are no answer', async () => {
  expect(await ask(() => Promise.resolve('0x'))).toBeUndefined();
  expect(await ask(() => Promise.resolve('0x1234'))).toBeUndefined();
  const error = { code: 3, message: 'execution reverted', data: '0x' };
  const refusal = () => Promise.reject(new RpcRequestError({ body: {}, error, url: '' }));
  expect(await ask(refusal)).toBeUndefined();
  expect(await ask(() => Promise.resolve<Hex>(`0x${address.slice(2).padStart(64, '0')}`))).toMatch(/aa$/i);
});

it('an endpoint that is away is not taken for a contract that is not there', async () => {
  const away = () => Promise.reject(new HttpRequestError({ url: 'http://localhost' }));
  await expect(ask(away)).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' });
  await expect(contractAnswer(Promise.reject(new TypeError('a mistake of ours')))).rejects.toThrow(TypeError);
});
