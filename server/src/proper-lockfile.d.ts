/** The package carries no types; this is the part that the server uses. */
declare module 'proper-lockfile' {
  interface RetryOptions {
    retries: number;
    factor: number;
    minTimeout: number;
    maxTimeout: number;
  }
  /** Resolves with the function that releases the lock. */
  export function lock(
    path: string,
    options: { stale: number; update: number; retries: RetryOptions },
  ): Promise<() => Promise<void>>;
}
