import { apiPrefix } from '@covey/server/schema';
import type { ErrorBody } from '@covey/server/schema';
import { DEMO_CHAIN_ID } from '../src/features/wallet/demo-provider.ts';
import { answer, config } from './fixtures/data.ts';
import { account } from './fixtures/make.ts';

/** What the server says of a page's subject; the chain's configuration always comes. */
type ServerState = 'there' | 'empty' | 'loading' | 'failing' | 'offline';
/** What the visitor has: `demo` is the demo's wallet, which is announced but not connected. */
type WalletState = 'demo' | 'none' | 'connected' | 'on another chain';

export interface World {
  server: ServerState;
  wallet: WalletState;
}

/** Everything around a page that a visit meets; each differs from the first in one thing. */
export const worlds = {
  'the fixtures': { server: 'there', wallet: 'demo' },
  'nothing yet': { server: 'empty', wallet: 'demo' },
  'a server that is slow': { server: 'loading', wallet: 'demo' },
  'a server that fails': { server: 'failing', wallet: 'demo' },
  'no server': { server: 'offline', wallet: 'demo' },
  'no wallet': { server: 'there', wallet: 'none' },
  'a wallet': { server: 'there', wallet: 'connected' },
  'a wallet on another chain': { server: 'there', wallet: 'on another chain' },
} as const satisfies Record<string, World>;

export const visitor = account('visitor');

export const unready: ErrorBody = {
  error: {
    code: 'SERVER_NOT_READY',
    message: 'indexing',
    hint: 'Wait.',
    retryable: true,
    docs: 'docs/reference/errors.md#server_not_ready',
  },
};

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });

/** An answer without its lists: what a Covey says in which nothing has happened yet. */
const emptied = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'items' in body ? { items: [], nextCursor: null, total: 0 } : body;

/** A chain that knows its accounts and refuses every other question, in a way that is not worth asking again. */
function askChain({ id, method }: { id: number; method: string }) {
  if (method === 'eth_accounts') return { jsonrpc: '2.0', id, result: [visitor] };
  return { jsonrpc: '2.0', id, error: { code: -32601, message: `${method} is not offered here` } };
}

/** What a test has the API answer to a path below its prefix; nothing where the world shall. */
export type Serve = (path: string, query: URLSearchParams) => { status: number; body: unknown } | undefined;

/** The network as the page sees it. `asked` gets what a page asks the API about its subject. */
export function network({ server, wallet }: World, asked: (path: string) => void, serve?: Serve): typeof fetch {
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : String(input), location.href);
    if (url.href === config.rpcUrl) {
      const body = JSON.parse(String(init?.body ?? (await (input as Request).text())));
      return json(200, Array.isArray(body) ? body.map(askChain) : askChain(body));
    }
    if (!url.pathname.startsWith(`${apiPrefix}/`)) throw new TypeError('fetch failed');
    const path = url.pathname.slice(apiPrefix.length);
    if (path === '/config') return json(200, { ...config, demo: wallet === 'demo' || wallet === 'connected' });
    // The frame around all pages asks for the statistics.
    if (path !== '/stats') asked(path);
    const served = serve?.(path, url.searchParams);
    if (served) return json(served.status, served.body);
    if (server === 'offline') throw new TypeError('fetch failed');
    if (server === 'failing') return json(503, unready);
    if (server === 'loading') {
      return new Promise((_resolve, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
      });
    }
    const found = answer(path);
    if (found === undefined) return json(404, { error: { code: 'SERVER_NOT_FOUND', message: 'nothing', hint: '' } });
    return json(200, server === 'empty' ? emptied(found.body) : found.body);
  };
}

/** The stream of live messages, which opens where the server is there, and says nothing. */
export const silentStream = ({ server }: World) =>
  class extends EventTarget {
    constructor() {
      super();
      setTimeout(() => this.dispatchEvent(new Event(server === 'offline' ? 'error' : 'open')));
    }
    close() {}
  };

/** Puts the world's wallet into the browser; returns how to take it away. */
export function bringWallet({ wallet }: World): () => void {
  // As after a visit on which the demo's wallet was connected.
  if (wallet === 'connected') localStorage.setItem('covey.demo.connected', 'yes');
  const stop = wallet === 'on another chain' ? announceForeignWallet() : () => undefined;
  return () => {
    stop();
    localStorage.clear();
  };
}

/** A browser wallet (EIP-6963) that allowed this site before, on a chain that Covey is not on. */
function announceForeignWallet(): () => void {
  const provider = {
    request: async ({ method }: { method: string }) => {
      if (method === 'eth_accounts' || method === 'eth_requestAccounts') return [visitor];
      if (method === 'eth_chainId') return `0x${(DEMO_CHAIN_ID + 1).toString(16)}`;
      throw Object.assign(new Error(`${method} is not offered here`), { code: 4200 });
    },
    on: () => undefined,
    removeListener: () => undefined,
  };
  const info = {
    uuid: '7e3d2a52-6f1c-4f0a-9c52-0d6f3c0a8b11',
    name: 'Elsewhere',
    icon: 'data:,',
    rdns: 'org.elsewhere',
  };
  const detail = Object.freeze({ info, provider });
  const announce = () => window.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  window.addEventListener('eip6963:requestProvider', announce);
  return () => window.removeEventListener('eip6963:requestProvider', announce);
}
