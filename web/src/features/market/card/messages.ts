import type { ModelReference, ProvenanceProgress } from '@covey/client';
import type { Provenance } from '@covey/protocol';
import type { Sources } from '../../../chain/sources.ts';

/** What the page asks of the worker: where a model comes from. */
export interface ProvenanceRequest extends Sources {
  model: ModelReference;
}

export type ProvenanceStep = ProvenanceProgress;

export interface ProvenanceOutcome {
  provenance: Provenance;
  /** The document's exact bytes. */
  bytes: Uint8Array<ArrayBuffer>;
  cid: string;
}
