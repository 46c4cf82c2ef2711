import { getAddress, numberToHex } from 'viem';
import type { Address, Hex } from 'viem';
import { contractAt } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';
import type { SimulationNote, StorageChange } from './report.ts';
import { bounded } from './simulate-block.ts';
import type { BlockCall, BlockSetting } from './simulate-block.ts';

const maxContracts = 50;
const maxSlots = 50;
const empty: Hex = `0x${'0'.repeat(64)}`;

interface PrestateAccount {
  code?: Hex;
  storage?: Record<Hex, Hex>;
}

interface PrestateDiff {
  pre: Record<Address, PrestateAccount>;
  post: Record<Address, PrestateAccount>;
}

/**
 * Which storage slots change at contracts that are none of this Covey's: those of which nobody knows what their values
 * mean, but anybody shall see that something is written. Only nodes with debug methods tell.
 */
export async function storageChanges(
  { publicClient, deployment }: CoveyChain,
  call: BlockCall,
  block: BlockSetting,
): Promise<{ storage?: StorageChange[]; notes: SimulationNote[] }> {
  let diff: PrestateDiff;
  try {
    diff = (await bounded(
      publicClient.request({
        method: 'debug_traceCall',
        params: [
          { from: call.from, to: call.to, data: call.data, gas: numberToHex(call.gas) },
          numberToHex(block.parent),
          {
            tracer: 'prestateTracer',
            tracerConfig: { diffMode: true },
            blockOverrides: { time: numberToHex(block.time) },
          },
        ],
      } as never),
      block,
    )) as PrestateDiff;
    if (typeof diff.pre !== 'object' || typeof diff.post !== 'object') throw new TypeError('no differences in it');
  } catch (error) {
    block.signal?.throwIfAborted();
    const detail = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { notes: [{ code: 'NO_STORAGE_DIFF', detail: detail.slice(0, 300) }] };
  }
  const unknown = Object.keys(diff.post).filter((address) => !contractAt(deployment, address)) as Address[];
  const changed = unknown.flatMap((address) => changeOf(address, diff.pre[address], diff.post[address]));
  const cut: SimulationNote = { code: 'CUT', what: 'storage', kept: maxContracts, of: changed.length };
  return { storage: changed.slice(0, maxContracts), notes: changed.length > maxContracts ? [cut] : [] };
}

function changeOf(address: Address, pre: PrestateAccount = {}, post: PrestateAccount = {}): StorageChange[] {
  // A slot that was or becomes zero is left out on that side.
  const names = [...new Set([...Object.keys(pre.storage ?? {}), ...Object.keys(post.storage ?? {})])] as Hex[];
  const slots = names
    .map((slot) => ({ slot, before: pre.storage?.[slot] ?? empty, after: post.storage?.[slot] ?? empty }))
    .filter(({ before, after }) => before !== after);
  const created = (pre.code ?? '0x') === '0x' && (post.code ?? '0x') !== '0x';
  if (slots.length === 0 && !created) return [];
  return [
    {
      address: getAddress(address),
      ...(created && { created: true as const }),
      slots: slots.slice(0, maxSlots),
      more: Math.max(0, slots.length - maxSlots),
    },
  ];
}
