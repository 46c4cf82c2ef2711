import { defineAsyncComponent } from 'vue';

export { default as AccountGate } from './AccountGate.vue';
export { default as DelegateNotice } from './DelegateNotice.vue';
export { default as DemoAccounts } from './DemoAccounts.vue';
export { default as TxStatus } from './TxStatus.vue';
export { default as WithWallet } from './WithWallet.vue';
export type { Wallet } from './config.ts';
export { DEMO_RDNS } from './demo-provider.ts';
export { useSpending } from './use-spending.ts';
export { useTransaction } from './use-transaction.ts';
export { useVotingPower } from './voting-power.ts';
export { walletError } from './wallet-error.ts';

export const WalletButton = defineAsyncComponent(() => import('./WalletButton.vue'));
