import { bitmapOf, countSubmissions, excused, type RevealedAttestation } from '@covey/protocol';
import type { Validator } from './participants.ts';
import { randomOf, streams } from './seeds.ts';
import type { ValidatorContext } from './strategy.ts';

/** What a validator did, as the chain knows it. */
export interface Said {
  node: number;
  seats: number;
  attested: 'silent' | 'withheld' | 'revealed';
  excused: boolean;
  result: string | null;
}

export interface Verdict {
  counted: number[];
  said: Said[];
  /** Null: the round is void. */
  accepted: string | null;
  void: string | null;
  contested: boolean;
  /** Whether the DAO had to rule. */
  ruled: boolean;
}

export interface VerdictParameters {
  validators: readonly Validator[];
  seats: readonly number[];
  validatorSeats: number;
  /** One a revealed submission: whether its owner is the colluders' friend. */
  friends: readonly boolean[];
  seed: number;
  round: number;
  /** Whether results leak before they are committed. */
  leak: boolean;
  /** Whether the DAO rules in time; it rules by what it recomputes. */
  daoRules: boolean;
}

/** Bitmaps, what counts, and, given what the core makes of that, results and their acceptance. */
export async function judge(p: VerdictParameters, compute: (counted: number[]) => Promise<string>): Promise<Verdict> {
  const seated = p.validators.flatMap((_, node) => (p.seats[node]! > 0 ? [node] : []));
  const context = (node: number, truth: string, leaked: string | null): ValidatorContext => ({
    node,
    round: p.round,
    random: randomOf(p.seed, streams.validator, p.round, node),
    submissions: p.friends.map((friend, index) => ({ index, friend })),
    truth: () => truth,
    leaked,
  });
  const bitmaps = seated.map((node) => p.validators[node]!.strategy.attest(context(node, '', null)));
  const attestations = bitmaps.map((bitmap, i): RevealedAttestation | null =>
    bitmap?.reveal
      ? { seats: p.seats[seated[i]!]!, ciphertextMissing: false, missing: bitmapOf(bitmap.missing, p.friends.length) }
      : null,
  );
  const { counted, failure } = countSubmissions({
    submissions: p.friends.length,
    validatorSeats: p.validatorSeats,
    attestations: attestations.filter((one) => one !== null),
  });
  const void_ = failure === 'none' ? null : failure;
  const truth = void_ ? '' : await compute(counted);
  const leaked = p.leak && seated.some((node) => p.validators[node]!.strategy.name === 'honest') ? truth : null;
  const said = seated.map((node, i): Said => {
    const attestation = attestations[i]!;
    const lacks = attestation !== null && excused(attestation, counted);
    const result =
      void_ || !attestation || lacks ? null : p.validators[node]!.strategy.result(context(node, truth, leaked));
    const attested = bitmaps[i] === null ? 'silent' : attestation ? 'revealed' : 'withheld';
    return { node, seats: p.seats[node]!, attested, excused: lacks, result };
  });
  if (void_) return { counted, said, accepted: null, void: void_, contested: false, ruled: false };
  return { counted, said, ...accept(said, truth, p) };
}

/** The hash with most seats stands unless somebody challenges it, and whoever computes the truth does. */
function accept(said: readonly Said[], truth: string, p: Pick<VerdictParameters, 'validatorSeats' | 'daoRules'>) {
  const tally = new Map<string, number>();
  for (const { result, seats } of said) if (result !== null) tally.set(result, (tally.get(result) ?? 0) + seats);
  const [leading, leadingSeats] = [...tally].reduce<[string | null, number]>(
    (best, one) => (one[1] > best[1] ? one : best),
    [null, 0],
  );
  const revealed = [...tally.values()].reduce((sum, seats) => sum + seats, 0);
  if (leading === null) return { accepted: null, void: 'noResults', contested: false, ruled: false };
  // `ResultVerdict.sol`: a contested result is challenged by any other revealed hash without a bond.
  const contested = 3 * leadingSeats < 2 * revealed || 2 * revealed < p.validatorSeats;
  const challenged = leading !== truth || (contested && tally.size > 1);
  if (!challenged) return { accepted: leading, void: null, contested, ruled: false };
  if (p.daoRules) return { accepted: truth, void: null, contested, ruled: true };
  if (3 * leadingSeats >= 2 * p.validatorSeats) return { accepted: leading, void: null, contested, ruled: false };
  return { accepted: null, void: 'noRuling', contested, ruled: false };
}
