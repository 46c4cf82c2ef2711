/**
 * FOR EXPERIMENTS ONLY: how a dishonest training node may behave, to show what the protocol does about it.
 * - `label-flip`: trains on flipped labels, so that its update harms the model.
 * - `garbage`: submits random bytes that are not a safetensors file.
 * - `copy`: submits a CID that is somebody else's.
 */
export const trainerAttacks = ['label-flip', 'garbage', 'copy'] as const;
export type TrainerAttack = (typeof trainerAttacks)[number];

/** Where a copier learns a CID from: given, or (to simulate a leak) the state of another node on the same machine. */
export type CopySource = (taskId: bigint, round: number) => Promise<string | null>;
