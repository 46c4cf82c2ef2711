import { approvalWords, bindingTypes, parsePluginsField, saysApproval } from '@covey/governance';
import { getAddress } from 'viem';
import { parseObject } from './formats.ts';
import { refuse } from './kind.ts';
import type { CheckContext } from './kind.ts';

/** Whether a proposal's `plugins` field commits to actions that SnapshotVoting executes. */
export const isBound = (plugins: string): boolean => Object.hasOwn(parseObject(plugins) ?? {}, 'covey');

/**
 * Checks what a binding proposal commits to. The contract builds the field itself and hashes it, so that it has to be
 * as ISnapshotVoting says, byte for byte: whatever else could never be registered.
 */
export async function checkBinding(
  { plugins, type, choices }: { plugins: string; type: string; choices: readonly string[] },
  { chainId, space, pluginSpace }: CheckContext,
): Promise<void> {
  const bound = parsePluginsField(plugins);
  if (bound === undefined) {
    const expected = `{"covey":{"chainId":"${chainId}","plugin":"0x<40 lower-case digits>","actions":"0x<64 lower-case digits>"}}`;
    refuse(`wrong proposal format: the plugins of a binding proposal are exactly ${expected}`);
  }
  const { plugin } = bound;
  if (bound.chainId !== chainId)
    refuse(`wrong network: this space is on chain ${chainId}, the proposal binds ${bound.chainId}`);
  if (!(bindingTypes as string[]).includes(type))
    refuse(`invalid voting type: a binding proposal is ${bindingTypes.join(' or ')}, not ${type}`);
  if (!saysApproval(choices[0] ?? ''))
    refuse(
      `invalid choices: choice 1 of a binding proposal executes, and has to begin with ${approvalWords.join(', ')}`,
    );
  const served = await pluginSpace(getAddress(plugin));
  if (served === undefined) refuse(`unknown plugin: there is no SnapshotVoting at ${plugin}`);
  if (served !== space) refuse(`unknown plugin: the SnapshotVoting at ${plugin} is for the space ${served}`);
}
