import type { ProvenanceDecision, ProvenancePlace } from '@covey/protocol';
import type { CoveyChain } from '../chain/chain.ts';
import type { ContentReader } from '../content/content-store.ts';

/** A model by its CID, or as what a task has last, or a round of it, ended with. */
export type ModelReference = { cid: string } | { taskId: bigint; round?: number };

export interface ProvenanceProgress {
  step: 'find' | 'round' | 'decision' | 'lineage' | 'model' | 'shard' | 'replay';
  done: number;
  total: number;
}

/** How a task was approved; `readTaskDecision` of governance, which knows the DAO's votes. */
export type ReadDecision = (
  covey: CoveyChain,
  task: { taskId: bigint; approved: ProvenancePlace },
) => Promise<ProvenanceDecision>;

export interface ReadProvenanceParameters {
  covey: CoveyChain;
  reader: ContentReader;
  model: ModelReference;
  decision: ReadDecision;
  onProgress?: ((progress: ProvenanceProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}
