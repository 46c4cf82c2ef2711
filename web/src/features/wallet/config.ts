import { WagmiPlugin, createConfig, http, injected } from '@wagmi/vue';
import type { Config } from '@wagmi/vue';
import { defineChain } from 'viem';
import type { App } from 'vue';
import type { AppConfig } from '../../api/endpoints.ts';
import { announceDemoProvider, createDemoProvider, isDemoChain } from './demo-provider.ts';
import type { DemoProvider } from './demo-provider.ts';

export interface Wallet {
  config: Config;
  /** Only on a demo chain. */
  demo?: DemoProvider;
}

const wallets = new WeakMap<App, Wallet>();

/** Wallet discovery starts once the server has told the chain; later calls for the same app return the same wallet. */
export function installWallet(app: App, config: AppConfig): Wallet {
  const known = wallets.get(app);
  if (known) return known;
  const chain = defineChain({
    id: config.chainId,
    name: config.demo ? 'Covey demo chain' : `Chain ${config.chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [config.rpcUrl] } },
    testnet: config.demo,
  });
  let demo: DemoProvider | undefined;
  if (isDemoChain(config)) {
    demo = createDemoProvider({ rpcUrl: config.rpcUrl, chainId: config.chainId, storage: localStorage });
    app.onUnmount(announceDemoProvider(demo));
  }
  const wagmi = createConfig({
    chains: [chain],
    connectors: [injected()],
    transports: { [chain.id]: http(config.rpcUrl) },
    pollingInterval: config.demo ? 500 : 4_000,
  });
  app.use(WagmiPlugin, { config: wagmi, reconnectOnMount: true });
  const wallet = { config: wagmi, demo };
  wallets.set(app, wallet);
  return wallet;
}
