import { livePath, liveEventNames, liveEventSchema } from '@covey/server/schema';
import type { LiveKey } from '@covey/server/schema';
import { useQueryClient } from '@tanstack/vue-query';
import { onScopeDispose } from 'vue';
import { followsClock, isStale } from '../keys.ts';
import { useChainHead } from './chain-head.ts';
import { createBatch } from './batch.ts';

/** Keeps pages fresh: each live message names what became stale, and only that is read again. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  const chain = useChainHead();
  const batch = createBatch<LiveKey>((told) => {
    void client.invalidateQueries({ predicate: ({ queryKey }) => isStale(queryKey, told) });
  }, 300);
  // A block without events still moves the chain's clock, and with it what may be voted, executed or revealed.
  const clock = createBatch(() => {
    void client.invalidateQueries({ predicate: ({ queryKey }) => followsClock(queryKey) });
  }, 1_500);

  const source = new EventSource(livePath);
  source.addEventListener('open', () => {
    // What happened while the connection was down is unknown.
    if (chain.state === 'off') void client.invalidateQueries();
    chain.state = 'on';
  });
  source.addEventListener('error', () => (chain.state = 'off'));
  for (const name of liveEventNames) {
    source.addEventListener(name, (event) => {
      const parsed = liveEventSchema.safeParse(safeJson((event as MessageEvent<string>).data));
      // What a newer server tells may be anything.
      if (!parsed.success) return void client.invalidateQueries();
      if (name === 'reset') {
        chain.forget();
        void client.invalidateQueries();
      }
      chain.saw(parsed.data.block);
      batch.add(parsed.data.keys);
      clock.add(['block']);
    });
  }
  onScopeDispose(() => {
    source.close();
    batch.stop();
    clock.stop();
  });
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
