import { chainError, isClientError } from '@covey/client';

/**
 * What a contract that may be of any kind answers; undefined where it refuses, has no such function or is not there. An
 * endpoint that is away says nothing about a contract: that is thrown.
 */
export async function contractAnswer<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (cause) {
    const error = chainError(cause, 'asking a contract what it is');
    if (isClientError(error, 'CONTRACT_REVERTED', 'TRANSACTION_FAILED')) return undefined;
    throw error;
  }
}
