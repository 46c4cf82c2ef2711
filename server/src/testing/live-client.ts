import { scaled } from '@covey/client/testing/pace';
import { livePath } from '../schema/index.ts';
import type { LiveKey } from '../schema/index.ts';

export interface Received {
  id: string;
  event: string;
  data: { type: string; keys: LiveKey[] };
}

/** Reads server-sent events until told to stop. */
export function listen(url: string, lastEventId?: string) {
  const controller = new AbortController();
  const received: Received[] = [];
  const done = (async () => {
    const headers: Record<string, string> = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    const response = await fetch(`${url}${livePath}`, { headers, signal: controller.signal });
    let text = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk;
      const parts = text.split('\n\n');
      text = parts.pop() ?? '';
      for (const part of parts) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1] ?? '';
        if (field('event') !== '') {
          received.push({
            id: field('id'),
            event: field('event'),
            data: JSON.parse(field('data')) as Received['data'],
          });
        }
      }
    }
  })().catch((error: unknown) => {
    if (!controller.signal.aborted) throw error;
  });
  return {
    received,
    async until(condition: (messages: Received[]) => boolean): Promise<void> {
      const end = Date.now() + scaled(20_000);
      while (!condition(received)) {
        if (Date.now() > end) throw new Error(`not seen in time; got ${JSON.stringify(received.slice(-5))}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async stop(): Promise<void> {
      controller.abort();
      await done;
    },
  };
}
