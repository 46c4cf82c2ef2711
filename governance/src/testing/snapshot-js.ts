import snapshotModule from '@snapshot-labs/snapshot.js';

type SnapshotJs = (typeof snapshotModule)['default'];

/**
 * The real snapshot.js, with which tests and the demo prove that we are compatible. It is published as CommonJS and as
 * a bundle for bundlers, and only one of the two has its exports one level deeper.
 */
export const snapshotJs: SnapshotJs =
  (snapshotModule as Partial<typeof snapshotModule>).default ?? (snapshotModule as unknown as SnapshotJs);
