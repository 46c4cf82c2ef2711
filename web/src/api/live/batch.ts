/** Collects keys and hands them on together: a block of fifty events makes one refresh, not fifty. */
export function createBatch(flush: (keys: ReadonlySet<string>) => void, delayMs: number) {
  let keys = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    add(more: Iterable<string>) {
      for (const key of more) keys.add(key);
      if (keys.size === 0) return;
      timer ??= setTimeout(() => {
        const ready = keys;
        keys = new Set();
        timer = undefined;
        flush(ready);
      }, delayMs);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
