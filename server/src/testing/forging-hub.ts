import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageId, parseEnvelope } from '@covey/governance';
import { blockCid, codecs } from '@covey/protocol';

/**
 * A hub that passes everything on to a real one, and puts messages of its own into the feed: blocks that hash to their
 * CIDs, in which the message is not what was signed.
 */
export async function startForger(real: string, messages: object[]) {
  const blocks = new Map<string, Uint8Array>();
  const feed = messages.map((message, index) => {
    const bytes = new TextEncoder().encode(JSON.stringify(message));
    const ipfs = blockCid(codecs.raw, bytes);
    blocks.set(ipfs, bytes);
    return { mci: 1_000_000 + index, id: idOf(message), ipfs };
  });
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    void (async () => {
      const cid = /^\/ipfs\/([a-z0-9]+)/.exec(request.url ?? '')?.[1] ?? '';
      const own = blocks.get(cid);
      if (own !== undefined) {
        asked.add(cid);
        response.end(own);
        return;
      }
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const body = Buffer.concat(chunks);
      const answer = await fetch(`${real}${request.url ?? ''}`, {
        method: request.method ?? 'GET',
        headers: {
          'content-type': request.headers['content-type'] ?? 'application/json',
          accept: request.headers.accept ?? '*/*',
        },
        ...(body.length > 0 ? { body } : {}),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      response.statusCode = answer.status;
      if (!body.includes('mci_gt')) {
        response.end(bytes);
        return;
      }
      const after = (JSON.parse(body.toString()) as { variables: { after: number } }).variables.after;
      const { data } = JSON.parse(bytes.toString()) as { data: { messages: object[] } };
      const more = feed.filter(({ mci }) => mci > after);
      response.end(JSON.stringify({ data: { messages: [...data.messages, ...more] } }));
    })().catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Resolves when as many of the forged blocks were fetched. */
    async asked(count: number): Promise<void> {
      while (asked.size < count) await new Promise((later) => setTimeout(later, 20));
    },
    async close(): Promise<void> {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function idOf(message: object): string {
  try {
    return messageId(parseEnvelope(message));
  } catch {
    return `0x${'ab'.repeat(32)}`;
  }
}
