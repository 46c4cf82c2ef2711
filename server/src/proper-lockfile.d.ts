/** The package carries no types; this is the part that the server uses. */
declare module 'proper-lockfile' {
  /** Resolves with the function that releases the lock; rejects with the code ELOCKED when another holds it. */
  export function lock(
    path: string,
    options: { stale: number; update: number; retries: number; onCompromised: (error: Error) => void },
  ): Promise<() => Promise<void>>;
}
