import type { Address, Hex } from 'viem';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { pluginOf } from './plugin.ts';

/** What the `plugins` field of a binding proposal says. */
export interface Binding {
  chainId: number;
  plugin: Address;
  actionsHash: Hex;
}

/** The `plugins` field of a message that binds these actions on this chain and plugin, byte for byte as the contract builds it. */
export function pluginsField(deployment: Pick<Deployment, 'chainId' | 'snapshotVoting'>, actionsHash: Hex): string {
  const plugin = pluginOf(deployment).toLowerCase();
  return `{"covey":{"chainId":"${deployment.chainId}","plugin":"${plugin}","actions":"${actionsHash.toLowerCase()}"}}`;
}

const form = /^\{"covey":\{"chainId":"(\d{1,15})","plugin":"(0x[0-9a-f]{40})","actions":"(0x[0-9a-f]{64})"\}\}$/;

/** Reads the field back; undefined when the proposal binds nothing, or nothing that the contract would accept. */
export function parsePluginsField(plugins: string): Binding | undefined {
  const [, chainId, plugin, actionsHash] = form.exec(plugins) ?? [];
  if (!chainId || !plugin || !actionsHash) return undefined;
  return { chainId: Number(chainId), plugin: plugin as Address, actionsHash: actionsHash as Hex };
}
