import { nodeError } from '../../errors.ts';
import { CsvReader, badTable, detectDelimiter, type Delimiter } from './csv-reader.ts';

/** Bytes in pieces, from the beginning each time: a table is read once to learn its columns and once to map its rows. */
export type ByteSource = () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export const sourceOf = (bytes: Uint8Array): ByteSource => {
  // Pieces of 1 MiB, so that decoding never needs the whole file as one text.
  const piece = 2 ** 20;
  return function* () {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  };
};

export interface ReadOptions {
  delimiter?: Delimiter | undefined;
  /** Bytes read so far. */
  onProgress?: ((bytes: number) => void) | undefined;
}

/** Calls back for each record of a CSV file; text is UTF-8, a byte order mark is skipped. */
export async function readRecords(
  source: ByteSource,
  { delimiter, onProgress }: ReadOptions,
  onRecord: (fields: string[], line: number) => void,
): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let bytes = 0;
  let reader: CsvReader | undefined;
  const push = (text: string) => {
    reader ??= new CsvReader(delimiter ?? detectDelimiter(text), onRecord);
    reader.push(text);
  };
  for await (const piece of source()) {
    if (bytes === 0) refuseUtf16(piece);
    push(decoded(decoder, piece, bytes));
    bytes += piece.length;
    onProgress?.(bytes);
  }
  push(decoded(decoder, undefined, bytes));
  reader?.end();
}

function decoded(decoder: TextDecoder, piece: Uint8Array | undefined, bytes: number): string {
  try {
    return piece ? decoder.decode(piece, { stream: true }) : decoder.decode();
  } catch (cause) {
    throw nodeError('DATA_BAD_TEXT', `The file is no UTF-8 in what follows byte ${bytes}.`, {
      expected: 'text in UTF-8',
      hint: 'Save it as UTF-8; of a spreadsheet choose "CSV UTF-8".',
      cause,
    });
  }
}

function refuseUtf16(piece: Uint8Array): void {
  const mark = ((piece[0] ?? 0) << 8) | (piece[1] ?? 0);
  if (mark !== 0xfeff && mark !== 0xfffe) return;
  throw badTable('The file is in UTF-16.', { expected: 'UTF-8', hint: 'Save it as "CSV UTF-8".' });
}
