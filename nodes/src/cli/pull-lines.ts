import { isClientError, type FetchEvent, type OrderOnChain } from '@covey/client';
import type { SealedManifest } from '@covey/protocol/sealed';
import { utcText } from '../quantities.ts';
import type { PulledSealed } from '../pull/pull-sealed.ts';
import type { Output } from './output.ts';
import { percentProgress } from './percent-progress.ts';
import { say } from './words/say.ts';

export function sealedLines(
  { name, bytes }: SealedManifest,
  { opened, wrongTags }: PulledSealed,
  path: string,
  { tensors, card }: { tensors: number | null; card: string | null },
): string[] {
  const served = say`${name}: ciphertext and leaves have the roots of the manifest`;
  if (!opened) {
    return [
      served,
      say`nothing is opened without --content-key; ${path}.sealed.part and ${path}.leaves.part stay for it`,
    ];
  }
  return [
    served,
    say`opened, ${bytes} bytes, each kibibyte is what its leaf promises`,
    ...(wrongTags > 0
      ? [say`${wrongTags} chunks have a wrong tag: leaves decide, and the plaintext is the one that was promised`]
      : []),
    ...writtenLines(path, tensors, card),
  ];
}

export function writtenLines(path: string, tensors: number | null, card: string | null): string[] {
  return [
    tensors === null
      ? say`written to ${path}; it is no safetensors file: open it with nothing that runs what it holds`
      : say`written to ${path}: safetensors, ${tensors} tensors`,
    ...(card === null ? [] : [say`its card is in ${card}`]),
  ];
}

/** Whoever has what it ordered need not let its seller wait. */
export function boughtLines({ orderId, state, disputeEnd }: OrderOnChain): string[] {
  if (state !== 'delivered' || disputeEnd === null) return [];
  return [
    say`it is what was sold; the seller is paid after ${utcText(disputeEnd)}, or at once: \`covey market settle --order ${orderId}\``,
  ];
}

export function stepLine(step: 'fetching' | 'checking' | 'opening'): string {
  switch (step) {
    case 'fetching':
      return say`fetching ciphertext and leaves`;
    case 'checking':
      return say`comparing both roots with the manifest`;
    case 'opening':
      return say`opening`;
  }
}

/** What happens to sources, and how far it is. */
export function eventLines(out: Output): (event: FetchEvent) => void {
  const fetched = percentProgress((percent) => out.progress(say`${percent} % fetched`));
  return (event) => {
    switch (event.type) {
      case 'progress':
        return fetched(event.done, event.size);
      case 'source-failed':
        // A source that just has not the block is no news where others have it.
        if (isClientError(event.error, 'CONTENT_HASH_MISMATCH'))
          out.progress(say`${event.source} serves altered bytes for ${event.cid}`);
        return;
      case 'source-rests':
        return out.progress(
          event.ms === null
            ? say`${event.source} lies, and is asked no more`
            : say`${event.source} fails, and is left alone for ${Math.ceil(event.ms / 1000)} s`,
        );
    }
  };
}
