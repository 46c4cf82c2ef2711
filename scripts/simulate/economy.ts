import {
  estimate,
  honest,
  honestValidator,
  initialPolicy,
  mix,
  play,
  TOKEN,
  attackNamed,
  trainer,
  validator,
  validatorStrategies,
  type Account,
  type Estimate,
  type Play,
  type PlayParameters,
  type Trainer,
  type TrainerStrategy,
} from '@covey/nodes/simulation';
import type { Core } from '@covey/wasm-core';
import { referenceSetting } from './setting.ts';
import { worldOf, type Source } from './world.ts';

/** What stake, seats, funds and slashes do to a strategy; the network is small, for only money is measured. */
export interface EconomyRow {
  what: string;
  hostile: number;
  seeds: number;
  /** Pay a stake over that of the honest of its role in the same play; slashes are apart, for they are far larger. */
  pay: Estimate;
  /** Of its stake, a play. */
  slashed: Estimate;
  /** Pay of all honest training nodes, over that of the play without it. */
  others: Estimate;
  /** Rounds that the DAO ruled, and that were void, of all. */
  ruled: Estimate;
  void: Estimate;
}

const setting = {
  ...referenceSetting,
  network: 'tiny' as const,
  nodes: 24,
  samplesPerNode: 60,
  shardSamples: 200,
  holdoutSamples: 200,
  rounds: 3,
};
const VALIDATORS = 100;

type Scenario = { what: string; hostile: number } & Omit<Partial<PlayParameters>, 'world'> & {
    role: 'trainers' | 'validators';
    first: number;
  };

function scenarios(): Scenario[] {
  const shares = [0.1, 0.33, 0.49];
  const ofValidators = validatorStrategies.slice(1).flatMap((strategy) =>
    shares.flatMap((hostile): Scenario[] => {
      const first = Math.round(hostile * VALIDATORS);
      const validators = mix(VALIDATORS, first, [strategy, honestValidator], (one) => validator(one));
      const same = { hostile, validators, role: 'validators' as const, first };
      const plain: Scenario = { what: `${strategy.name} validators`, ...same };
      if (strategy.name === 'copying')
        return [plain, { ...same, what: 'copying validators, results leak', leak: true }];
      if (strategy.name === 'colluding')
        return [plain, { ...same, what: 'colluding validators, the DAO does not rule', daoRules: false }];
      return [plain];
    }),
  );
  const nodes = setting.nodes;
  const hostileTrainers = (what: string, strategy: TrainerStrategy, hostile: number): Scenario => {
    const first = Math.round(hostile * nodes);
    return { what, hostile, trainers: mix(nodes, first, [strategy, honest], trainer), role: 'trainers', first };
  };
  const rest = mix(nodes, 0, [honest, honest], trainer).slice(6);
  const owner = (identities: Trainer[], what: string): Scenario => ({
    what,
    hostile: 0.25,
    trainers: [...identities, ...rest],
    role: 'trainers',
    first: identities.length,
  });
  const stake = 6000n * TOKEN;
  // Identical content is a duplicate, so that identities of one owner differ by next to nothing.
  const named = (name: string): TrainerStrategy => ({
    name,
    about: '',
    update: ({ own, random }) => own().map((value) => value + random.normal() * 1e-6),
  });
  const split = (n: number) => Array.from({ length: n }, () => trainer(named('split'), 0, stake / BigInt(n)));
  return [
    ...ofValidators,
    owner(split(1), 'a quarter of the stake in one identity'),
    owner(split(6), 'the same in 6 identities with the same data'),
    owner(split(48), 'the same in 48 identities with the same data'),
    owner([{ ...trainer(named('self'), 0, stake / 2n), delegated: stake / 2n }], 'half of it delegated to itself'),
    owner([trainer(attackNamed('dust'), 0, stake)], 'a whale with a quarter of the stake that sends dust'),
    owner([trainer(attackNamed('dust'), 0, 15_000n * TOKEN)], 'a whale with 45 % of the stake that sends dust'),
    hostileTrainers('training nodes that withhold reveals', attackNamed('withholds'), 0.4),
    hostileTrainers('training nodes that are silent', { name: 'silent', about: '', update: () => undefined }, 0.4),
    { ...hostileTrainers('a key that is withheld from the second round on', named('any'), 0.25), keyWithheldFrom: 1 },
  ];
}

/** Seeds 1 to N of each. */
export async function economy(
  core: Core,
  source: Source,
  seeds: number,
  heard: (done: string) => void,
): Promise<EconomyRow[]> {
  const rows: EconomyRow[] = [];
  const alone = new Map<string, Play>();
  for (const { what, hostile, role, first, ...rest } of scenarios()) {
    const plays: { result: Play; without: Play }[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const world = worldOf(core, { ...setting, seed }, source);
      const honestAlone = {
        world,
        trainers: mix(setting.nodes, 0, [honest, honest], trainer),
        validators: mix(VALIDATORS, 0, [honestValidator, honestValidator], (one) => validator(one)),
        policy: initialPolicy(),
      };
      const parameters = { ...honestAlone, ...rest };
      if (!alone.has(String(seed))) alone.set(String(seed), await play(honestAlone));
      plays.push({ result: await play(parameters), without: alone.get(String(seed))! });
    }
    const over = (value: (one: (typeof plays)[number]) => number) => estimate(plays.map(value).filter(Number.isFinite));
    rows.push({
      what,
      hostile,
      seeds,
      pay: over(({ result }) => rate(result[role].slice(0, first)) / rate(result[role].slice(first))),
      slashed: over(({ result }) => part(result[role].slice(0, first), ({ slashed }) => slashed)),
      others: over(({ result, without }) => {
        const from = role === 'trainers' ? first : 0;
        return rate(result.trainers.slice(from)) / rate(without.trainers.slice(0));
      }),
      ruled: over(({ result }) => result.rounds.filter(({ ruled }) => ruled).length / result.rounds.length),
      void: over(({ result }) => result.rounds.filter((one) => one.void !== null).length / result.rounds.length),
    });
    heard(what);
  }
  return rows;
}

/** Of all stake of some. */
function part(accounts: readonly Account[], of: (account: Account) => bigint): number {
  const stake = accounts.reduce((sum, account) => sum + account.stake, 0n);
  return Number((accounts.reduce((sum, account) => sum + of(account), 0n) * 10n ** 12n) / stake) / 1e12;
}

const rate = (accounts: readonly Account[]) => part(accounts, ({ earned }) => earned);
