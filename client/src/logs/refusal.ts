import {
  BaseError,
  HttpRequestError,
  MethodNotFoundRpcError,
  MethodNotSupportedRpcError,
  RpcRequestError,
  TimeoutError,
} from 'viem';

/**
 * What to do about a failed question:
 * - `narrow`: the endpoint answered that it will not, or took too long: ask for less;
 * - `wait`: too many requests: ask the same later;
 * - `fail`: it was not reached, or gave no answer.
 */
export type Remedy = 'narrow' | 'wait' | 'fail';

/** Statuses with which endpoints refuse what is too much for them in one question. */
const tooMuch = new Set([400, 403, 408, 413, 500, 503, 504]);

/** Every provider words its limits differently, so what an error says is not read: only what kind it is. */
export function remedyOf(error: unknown): Remedy {
  if (!(error instanceof BaseError)) return 'fail';
  if (codeOf(error) === 429 || codeOf(error) === -32_007) return 'wait';
  const http = error.walk((cause) => cause instanceof HttpRequestError);
  if (http instanceof HttpRequestError) {
    if (http.status === 429) return 'wait';
    return http.status !== undefined && tooMuch.has(http.status) ? 'narrow' : 'fail';
  }
  const answered = error.walk((cause) => cause instanceof RpcRequestError || cause instanceof TimeoutError);
  return answered === null ? 'fail' : 'narrow';
}

/** Whether the endpoint did not answer in time. */
export function isTimeout(error: unknown): boolean {
  return error instanceof BaseError && error.walk((cause) => cause instanceof TimeoutError) !== null;
}

/** Whether the endpoint does not serve the method at all. */
export function isUnserved(error: unknown): boolean {
  const unserved = (cause: unknown) =>
    cause instanceof MethodNotFoundRpcError || cause instanceof MethodNotSupportedRpcError;
  return error instanceof BaseError && error.walk(unserved) !== null;
}

function codeOf(error: BaseError): number | undefined {
  const rpc = error.walk((cause) => cause instanceof RpcRequestError);
  return rpc instanceof RpcRequestError ? rpc.code : undefined;
}
