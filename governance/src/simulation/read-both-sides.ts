import type { Hex } from 'viem';
import type { SimulationNote } from './report.ts';
import type { BlockCall, CallOutcome } from './simulate-block.ts';
import type { View } from './views.ts';

/** More than any view of ours needs; a strange token gets no more to burn. */
const viewGas = 500_000n;
/** How many values are read in one simulated block, and in all. */
const perBlock = 100;
const maxReads = 1_000;

/** Reads values before and after a call, in one block with it, so that all of it is about one state and one time. */
export async function readBothSides(
  values: readonly { before: View; after: View }[],
  call: BlockCall,
  run: (calls: readonly BlockCall[]) => Promise<readonly CallOutcome[]>,
): Promise<{ before: (Hex | undefined)[]; after: (Hex | undefined)[]; notes: SimulationNote[] }> {
  const read = values.slice(0, maxReads);
  const before: (Hex | undefined)[] = [];
  const after: (Hex | undefined)[] = [];
  for (let start = 0; start < read.length; start += perBlock) {
    const chunk = read.slice(start, start + perBlock);
    const outcomes = await run([
      ...chunk.map((value) => ({ ...value.before, gas: viewGas })),
      call,
      ...chunk.map((value) => ({ ...value.after, gas: viewGas })),
    ]);
    const answer = (outcome: CallOutcome | undefined) => (outcome?.ok ? outcome.data : undefined);
    before.push(...outcomes.slice(0, chunk.length).map(answer));
    after.push(...outcomes.slice(chunk.length + 1).map(answer));
  }
  const cut: SimulationNote = { code: 'CUT', what: 'values', kept: maxReads, of: values.length };
  return { before, after, notes: values.length > maxReads ? [cut] : [] };
}
