/** Collects keys and hands them on together: a block of fifty events makes one refresh, not fifty. */
export function createBatch<K extends string>(flush: (keys: ReadonlySet<K>) => void, delayMs: number) {
  let keys = new Set<K>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    add(more: Iterable<K>) {
      for (const key of more) keys.add(key);
      if (keys.size === 0) return;
      timer ??= setTimeout(() => {
        const ready = keys;
        keys = new Set<K>();
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
