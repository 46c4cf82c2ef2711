/** As much of a viem client as proven reads use: single JSON-RPC questions, whose answers are checked here. */
export interface Rpc {
  request(
    question: { method: string; params: readonly unknown[] },
    options?: { retryCount?: number; signal?: AbortSignal },
  ): Promise<unknown>;
}

/** Questions in flight at once; more than public endpoints take from one caller they answer with 429. */
const atOnceDefault = 64;

/** Asks for all of them, a bounded number at once; a batching transport makes one request of what is asked together. */
export async function inTurns<T, R>(
  items: readonly T[],
  ask: (item: T) => Promise<R>,
  atOnce = atOnceDefault,
): Promise<R[]> {
  const answers: R[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    answers.push(...(await Promise.all(items.slice(start, start + atOnce).map(ask))));
  }
  return answers;
}
