/**
 * A model or a delta as its file holds it, looked through and found sound. Values are decoded where they are needed, a part
 * at a time: a round holds many of these, and each decoded whole is as large as the model, however small its file.
 */
export interface Update {
  readonly length: number;
  /** Writes the values [from, to) into `into`, which has to − from places. The same each time. */
  read(from: number, to: number, into: Float32Array): void;
}

/** Values in memory at once of an update that is looked through: 256 KiB. */
const chunk = 65_536;

/** All values, decoded. */
export function decoded(update: Update): Float32Array<ArrayBuffer> {
  const values = new Float32Array(update.length);
  update.read(0, update.length, values);
  return values;
}

/** Calls `look` with one part of the values after the other; it must not keep them. */
export function lookThrough(update: Update, look: (values: Float32Array<ArrayBuffer>, from: number) => void): void {
  const room = new Float32Array(Math.min(chunk, update.length));
  for (let from = 0; from < update.length; from += chunk) {
    const values = room.subarray(0, Math.min(chunk, update.length - from));
    update.read(from, from + values.length, values);
    look(values, from);
  }
}

interface Place {
  offset: number;
  length: number;
}

/** Calls `read` for each place that [from, to) touches: with the place, the part of it, and where that part goes. */
export function eachPlace<P extends Place>(
  places: readonly P[],
  { from, to, into }: { from: number; to: number; into: Float32Array },
  read: (place: P, start: number, end: number, into: Float32Array) => void,
): void {
  for (const place of places) {
    const start = Math.max(from, place.offset);
    const end = Math.min(to, place.offset + place.length);
    if (start < end) read(place, start - place.offset, end - place.offset, into.subarray(start - from, end - from));
  }
}
