/** Sealed files (docs/reference/sealed.md): encrypted models whose sale a chain can judge. */
export { buyerKeyMessage, buyerSecret } from './buyer-key.ts';
export type { BuyerPlace } from './buyer-key.ts';
export { contentEvidence, pieceEvidence, provesContent } from './content-evidence.ts';
export type { ContentEvidence } from './content-evidence.ts';
export { portableEngine } from './engine.ts';
export type { SealingEngine } from './engine.ts';
export { fastKeccak } from './fast-keccak.ts';
export {
  CONTENT_KEY_BYTES,
  LEAF_BYTES,
  MAX_SEALED_BYTES,
  PIECES_PER_CHUNK,
  SEALED_CHUNK_BYTES,
  SEALED_PIECE_BYTES,
  SEALED_TAG_BYTES,
  chunkNonce,
  sealedSizes,
} from './format.ts';
export type { SealedSizes } from './format.ts';
export { scalarOf } from './g1.ts';
export { MAX_MANIFEST_BYTES, decodeSealedManifest, encodeSealedManifest } from './manifest.ts';
export type { SealedManifest } from './manifest.ts';
export { contentKeyHash, differingPiece, open, openedChunks, requireKeyOf } from './open.ts';
export type { OpenedChunk, OpenParameters } from './open.ts';
export { addLeaves, checkLeaves, checkSealed, rootOfCiphertext, rootOfLeaves } from './roots.ts';
export type { SealedRoots } from './roots.ts';
export { PositionalTree } from '../positional-tree.ts';
export { regroup } from './regroup.ts';
export { pieceLeaves, seal } from './seal.ts';
export type { SealedChunk, SealParameters } from './seal.ts';
export { keyEvidence, proveShared, verifyShared } from './shared-point.ts';
export type { SharedPoint } from './shared-point.ts';
export { publicKeyOf, unwrapKey, wrapKey } from './wrap.ts';
export type { OrderPlace, WrappedKey } from './wrap.ts';
