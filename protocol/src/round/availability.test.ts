import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitmapOf, bitmapWords, countSubmissions, excused, indicesOf } from './availability.ts';

describe('bitmaps', () => {
  it('stand in words of 256', () => {
    expect(indicesOf([1n | (1n << 255n), 2n])).toEqual([0, 255, 257]);
    expect(bitmapOf([0, 255, 257], 300)).toEqual([1n | (1n << 255n), 2n]);
    expect([0, 1, 256, 257].map(bitmapWords)).toEqual([0, 1, 1, 2]);
  });

  it('go there and back', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(999)), (indices) => {
        expect(indicesOf(bitmapOf(indices, 1000))).toEqual(indices.toSorted((a, b) => a - b));
      }),
    );
  });

  it.each([-1, 3, 0.5])('have no bit for submission %s of 3', (index) => {
    expect(() => bitmapOf([index], 3)).toThrowError(expect.objectContaining({ code: 'PROTOCOL_INVALID_ARGUMENT' }));
  });
});

describe('what counts of a round', () => {
  /** Seats, and what each lacks. */
  const count = (submissions: number, validatorSeats: number, ...reveals: [number, number[], boolean?][]) =>
    countSubmissions({
      submissions,
      validatorSeats,
      attestations: reveals.map(([seats, indices, ciphertextMissing = false]) => ({
        seats,
        ciphertextMissing,
        missing: bitmapOf(indices, submissions),
      })),
    });

  it('is what fewer than half of all seats lack', () => {
    expect(count(2, 10, [4, [0]], [6, []])).toEqual({ counted: [0, 1], failure: 'none' });
    expect(count(2, 10, [5, [0]], [5, []])).toEqual({ counted: [1], failure: 'none' });
  });

  it('and what a third of the revealing seats have', () => {
    // Of 10 seats 6 reveal: 4 lack it, fewer than half of all, and 2 have it; then 5 reveal, and 1 has it.
    expect(count(1, 10, [4, [0]], [2, []])).toEqual({ counted: [0], failure: 'none' });
    expect(count(1, 10, [4, [0]], [1, []])).toEqual({ counted: [], failure: 'nothingCounted' });
  });

  it('is nothing where fewer than half of all seats reveal, whatever they have, as the chain’s bitmap is empty then', () => {
    expect(count(2, 10, [4, []])).toEqual({ counted: [], failure: 'notAttested' });
    expect(count(2, 10, [5, []])).toEqual({ counted: [0, 1], failure: 'none' });
    expect(count(2, 11, [5, []])).toEqual({ counted: [], failure: 'notAttested' });
  });

  it('a third of the seats cannot leave anybody out (attack 3)', () => {
    const validatorSeats = 240;
    const liars: [number, number[]] = [validatorSeats / 3, [0, 1, 2]];
    expect(count(3, validatorSeats, liars, [validatorSeats - liars[0], []]).counted).toEqual([0, 1, 2]);
  });

  it('fails where too few revealed, where the ciphertext is missing, and where nothing counts, in this order', () => {
    expect(count(1, 10, [4, [0], true]).failure).toBe('notAttested');
    expect(count(1, 10, [5, [0], true]).failure).toBe('ciphertextMissing');
    expect(count(1, 10, [4, [0], true], [6, []]).failure).toBe('none');
    expect(count(1, 10, [5, [0]]).failure).toBe('nothingCounted');
    expect(count(1, 10).failure).toBe('notAttested');
  });

  it('excuses who lacks something of it, or the ciphertext', () => {
    const counted = [0, 300];
    const lacking = (...indices: number[]) => ({ ciphertextMissing: false, missing: bitmapOf(indices, 301) });
    expect(excused(lacking(), counted)).toBe(false);
    expect(excused(lacking(1, 299), counted)).toBe(false);
    expect(excused(lacking(300), counted)).toBe(true);
    expect(excused({ ciphertextMissing: true, missing: [] }, counted)).toBe(true);
  });
});
