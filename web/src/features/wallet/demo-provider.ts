/**
 * "Covey demo wallet": an EIP-1193 provider over the unlocked accounts of a development chain, so that anyone can vote
 * in the demo without installing a wallet. It holds no key: the development node signs. It is announced (EIP-6963)
 * only when the server says that the chain is a demo and the chain id is that of a development chain.
 */
export const DEMO_RDNS = 'xyz.covey.demo';
export const DEMO_CHAIN_ID = 31337;

interface RequestArguments {
  method: string;
  params?: unknown;
}
type Listener = (...args: unknown[]) => void;

export interface DemoProvider {
  request(args: RequestArguments): Promise<unknown>;
  on(event: string, listener: Listener): void;
  removeListener(event: string, listener: Listener): void;
  /** All accounts that the development chain signs for. */
  allAccounts(): Promise<`0x${string}`[]>;
  /** Makes `account` the connected one, as choosing another account in a real wallet does. */
  select(account: `0x${string}`): void;
}

export interface DemoProviderOptions {
  rpcUrl: string;
  chainId: number;
  fetch?: typeof fetch;
  /** Remembers the chosen account between visits. */
  storage?: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
}

export class ProviderRpcError extends Error {
  readonly code: number;
  readonly data?: unknown;

  constructor(code: number, message: string, data?: unknown) {
    super(message);
    this.name = 'ProviderRpcError';
    this.code = code;
    this.data = data;
  }
}

const ACCOUNT_KEY = 'covey.demo.account';
const CONNECTED_KEY = 'covey.demo.connected';
/** What would hand power over the development chain to any page script stays closed. */
const REFUSED = /^(anvil|hardhat|evm|debug|admin|personal|txpool|miner)_/;

export function createDemoProvider(options: DemoProviderOptions): DemoProvider {
  const send = options.fetch ?? ((...args: Parameters<typeof fetch>) => fetch(...args));
  const listeners = new Map<string, Set<Listener>>();
  const chainHex = `0x${options.chainId.toString(16)}`;
  let selected: `0x${string}` | undefined;
  // As a real wallet does, the permission outlives a reload of the page.
  let connected = options.storage?.getItem(CONNECTED_KEY) === 'yes';
  let id = 0;

  const emit = (event: string, ...args: unknown[]) => {
    for (const listener of listeners.get(event) ?? []) listener(...args);
  };

  async function rpc(method: string, params: unknown = []): Promise<unknown> {
    id += 1;
    let body: { result?: unknown; error?: { code: number; message: string; data?: unknown } };
    try {
      const response = await send(options.rpcUrl, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ jsonrpc: '2.0', id, method, params }),
      });
      body = await response.json();
    } catch (cause) {
      throw new ProviderRpcError(4900, `The development chain at ${options.rpcUrl} did not answer.`, cause);
    }
    if (body.error) throw new ProviderRpcError(body.error.code, body.error.message, body.error.data);
    return body.result;
  }

  const allAccounts = async () => (await rpc('eth_accounts')) as `0x${string}`[];

  async function connect(): Promise<`0x${string}`[]> {
    const accounts = await allAccounts();
    const remembered = options.storage?.getItem(ACCOUNT_KEY);
    selected ??= accounts.find((account) => account.toLowerCase() === remembered?.toLowerCase()) ?? accounts[0];
    if (selected === undefined) throw new ProviderRpcError(4100, 'The development chain has no unlocked account.');
    connected = true;
    options.storage?.setItem(CONNECTED_KEY, 'yes');
    return [selected];
  }

  function assertOwn(account: unknown): void {
    if (!connected || typeof account !== 'string' || account.toLowerCase() !== selected?.toLowerCase()) {
      throw new ProviderRpcError(4100, `Account ${String(account)} is not the connected demo account.`);
    }
  }

  async function request({ method, params }: RequestArguments): Promise<unknown> {
    const list = Array.isArray(params) ? (params as unknown[]) : [];
    switch (method) {
      case 'eth_chainId':
        return chainHex;
      case 'net_version':
        return String(options.chainId);
      case 'eth_accounts':
        return connected ? connect() : [];
      case 'eth_requestAccounts':
        return connect();
      case 'wallet_requestPermissions':
      case 'wallet_getPermissions': {
        if (method === 'wallet_requestPermissions') await connect();
        return connected
          ? [{ parentCapability: 'eth_accounts', caveats: [{ type: 'restrictReturnedAccounts', value: [selected] }] }]
          : [];
      }
      case 'wallet_revokePermissions':
        connected = false;
        options.storage?.removeItem(CONNECTED_KEY);
        emit('accountsChanged', []);
        return null;
      case 'wallet_switchEthereumChain': {
        const wanted = (list[0] as { chainId?: string } | undefined)?.chainId;
        if (wanted === undefined || BigInt(wanted) !== BigInt(chainHex)) {
          throw new ProviderRpcError(4902, `The demo wallet knows chain ${options.chainId} only.`);
        }
        return null;
      }
      case 'eth_sendTransaction':
        assertOwn((list[0] as { from?: unknown } | undefined)?.from);
        return rpc(method, list);
      case 'personal_sign':
        assertOwn(list[1]);
        return rpc(method, list);
      case 'eth_signTypedData_v4':
        assertOwn(list[0]);
        return rpc(method, list);
      default:
        if (REFUSED.test(method)) throw new ProviderRpcError(4200, `The demo wallet does not offer ${method}.`);
        return rpc(method, params);
    }
  }

  return {
    request,
    on: (event, listener) => {
      listeners.set(event, (listeners.get(event) ?? new Set()).add(listener));
    },
    removeListener: (event, listener) => {
      listeners.get(event)?.delete(listener);
    },
    allAccounts,
    select: (account) => {
      selected = account;
      options.storage?.setItem(ACCOUNT_KEY, account);
      if (connected) emit('accountsChanged', [account]);
    },
  };
}

const ICON = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#b4690e"/><g fill="#fff"><circle cx="16" cy="9" r="3.4"/><circle cx="10" cy="19" r="3.4"/><circle cx="22" cy="19" r="3.4"/></g></svg>',
)}`;

/** Announces the provider now and whenever a page script asks (EIP-6963). Returns how to stop. */
export function announceDemoProvider(provider: DemoProvider, target: EventTarget = window): () => void {
  const detail = Object.freeze({
    info: Object.freeze({
      uuid: crypto.randomUUID(),
      name: 'Covey demo wallet',
      icon: ICON,
      rdns: DEMO_RDNS,
    }),
    provider,
  });
  const announce = () => target.dispatchEvent(new CustomEvent('eip6963:announceProvider', { detail }));
  target.addEventListener('eip6963:requestProvider', announce);
  announce();
  return () => target.removeEventListener('eip6963:requestProvider', announce);
}

/** Both must hold: a wrong flag on a real chain, or a development chain not meant as a demo, announces nothing. */
export function isDemoChain(config: { demo: boolean; chainId: number }): boolean {
  return config.demo && config.chainId === DEMO_CHAIN_ID;
}
