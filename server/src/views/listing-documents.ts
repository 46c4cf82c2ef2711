// What documents say of a listing's model, where they are those of the listing.
import type { SealedManifest } from '@covey/protocol/sealed';
import type { ListingDetail } from '../schema/index.ts';
import type { listings } from '../store/schema.ts';
import { readDocuments } from './documents.ts';
import type { Read } from './documents.ts';
import { plainLine } from './plain-text.ts';
import { originOf } from './reader.ts';
import type { Reader } from './reader.ts';

export type ListingRow = typeof listings.$inferSelect;

export const MAX_NAME = 200;

/** The manifests of those that are sealed. */
export async function manifestsOf(reader: Reader, rows: readonly ListingRow[]) {
  const read = await readDocuments(
    reader,
    'sealed',
    rows.map((row) => (row.kind === 'sealed' ? row.modelCid : null)),
  );
  return (row: ListingRow) => (row.kind === 'sealed' ? heldToFile(read(row.modelCid), row) : undefined);
}

/** A manifest that says something else than its listing describes another file, and whoever pays by it is misled. */
function heldToFile(read: Read<SealedManifest>, { file, seller }: ListingRow): Read<SealedManifest> {
  const { value } = read;
  if (value === null || file === null) return { ...read, value: null };
  const same =
    value.bytes.toString() === file.bytes &&
    value.keyHash === file.keyHash &&
    value.plainRoot === file.plainRoot &&
    value.cipherRoot === file.cipherRoot &&
    value.maker.toLowerCase() === seller.toLowerCase();
  if (same) return read;
  const message = 'the manifest does not say the size, key, roots and seller with which the model was listed on chain';
  return { ...read, status: 'invalid', value: null, error: { code: 'SEALED_MANIFEST_MISMATCH', message } };
}

/** A card that names another model says nothing of this one. */
export async function cardOf(reader: Reader, { cardCid, modelCid }: ListingRow): Promise<ListingDetail['card']> {
  if (cardCid === null) return null;
  const { value, ...read } = (await readDocuments(reader, 'card', [cardCid]))(cardCid);
  if (value === null) return { ...read, value };
  if (value.model !== modelCid) {
    const message = `the card is of the model ${value.model}`;
    return { ...read, status: 'invalid', value: null, error: { code: 'CARD_MISMATCH', message } };
  }
  const { text, languages = [], datasets = [], baseModels = [], tags = [] } = value;
  return { ...read, value: { text, languages, datasets, baseModels, tags } };
}

export async function sealedOf(reader: Reader, row: ListingRow): Promise<ListingDetail['sealed']> {
  const { file, fraud } = row;
  const manifest = (await manifestsOf(reader, [row]))(row);
  if (file === null || manifest === undefined) return null;
  const { value } = manifest;
  return {
    ...file,
    manifest: {
      ...manifest,
      value: value && {
        name: plainLine(value.name, MAX_NAME),
        description: value.description,
        ciphertext: value.ciphertext,
        leaves: value.leaves,
        card: value.card ?? null,
      },
    },
    bond: { state: row.bondState, amount: row.bond.toString() },
    openOrders: row.openOrders,
    fraud: fraud && {
      orderId: fraud.orderId,
      reporter: fraud.reporter,
      fault: fraud.fault,
      toReporter: fraud.toReporter,
      toTreasury: fraud.toTreasury,
      ...originOf(fraud),
    },
  };
}
