import { adaptiveAttacks, referenceAttacks } from '@covey/nodes/simulation';
import { classicRules } from './classic.ts';
import type { PlaySpec } from './spec.ts';

export interface StudyOptions {
  seeds: number;
  /** Parts of the nodes that are hostile. */
  hostile: readonly number[];
  alphas: readonly number[];
  settings: readonly PlaySpec['setting'][];
  change: PlaySpec['change'];
}

const classicAttacks = [
  ...['label flip', 'sign flip ×4', 'Gaussian', 'ALIE', 'IPM 0.5', 'IPM 10', 'min-max', 'backdoor'],
  ...['opened shifted', 'replay of three'],
];

const seedsOf = ({ seeds }: StudyOptions) => Array.from({ length: seeds }, (_, i) => i + 1);

/** Every attack with every split and share, and what it is held against: the same without the hostile, and the plain mean. */
function against(attacks: readonly string[], o: StudyOptions): PlaySpec[] {
  const plays: PlaySpec[] = [];
  for (const seed of seedsOf(o)) {
    for (const setting of o.settings) {
      for (const alpha of o.alphas) {
        const change = { alpha, ...o.change };
        plays.push({ setting, change, attack: 'honest', hostile: 0, seed, how: 'rule' });
        for (const hostile of o.hostile) {
          const same = { setting, change, hostile, seed };
          plays.push({ ...same, attack: 'honest', how: 'away' }, { ...same, attack: 'honest', how: 'mean' });
          for (const attack of attacks) plays.push({ ...same, attack, how: 'rule' });
        }
      }
    }
  }
  return plays;
}

export const studies = {
  reference: {
    about: 'the reference’s attacks',
    plays: (o: StudyOptions) =>
      against(
        referenceAttacks.map(({ name }) => name),
        o,
      ),
  },
  adaptive: {
    about: 'attackers that know the rule',
    plays: (o: StudyOptions) =>
      against(
        adaptiveAttacks.map(({ name }) => name),
        o,
      ),
  },
  sizes: {
    about: '5 and 100 nodes, and 10 rounds',
    plays: (o: StudyOptions) => {
      const some = ['sign flip', 'IPM 0.5', 'opened shifted', 'replay of three'];
      const shards = { rounds: 10, shardSamples: 800 };
      const sizes = [{ nodes: 5 }, { nodes: 100 }, shards];
      return sizes.flatMap((change) =>
        against(some, { ...o, settings: ['reference'], change: { ...o.change, ...change } }),
      );
    },
  },
  networks: {
    about: 'a convolutional network and a character transformer',
    plays: (o: StudyOptions) => {
      const some = ['sign flip', 'IPM 0.5', 'own gradient', 'replay of three'];
      const convolution = { network: 'convolution' as const };
      const characters = {
        network: 'characters' as const,
        samplesPerNode: 100,
        shardSamples: 200,
        holdoutSamples: 500,
        training: { epochs: 1, batchSize: 10, learningRate: 0.5, momentum: 0 },
      };
      return [
        ...against(some, { ...o, settings: ['reference'], change: { ...o.change, ...convolution } }),
        ...against(some, { ...o, alphas: [0], settings: ['reference'], change: { ...o.change, ...characters } }),
      ];
    },
  },
  clip: {
    about: 'backdoors where columns are cut to five medians',
    plays: (o: StudyOptions) =>
      o.settings.flatMap((setting) => {
        const rule = { rule: 'attributed-mean' as const, publicEpochs: setting === 'little' ? 0 : 3, clip: 5 };
        const some = ['backdoor', 'backdoor, camouflaged', 'backdoor, unseen pixels'];
        return against(some, { ...o, settings: [setting], change: { ...o.change, rule } });
      }),
  },
  classic: {
    about: 'rules that see updates alone, against some of the same attacks',
    plays: (o: StudyOptions) =>
      seedsOf(o).flatMap((seed) =>
        o.alphas.flatMap((alpha) =>
          o.hostile.flatMap((hostile) =>
            classicRules(hostile).flatMap((rule): PlaySpec[] => {
              const same = { setting: 'reference' as const, change: { alpha, rule }, seed, how: 'rule' as const };
              const attacks = classicAttacks.map((attack) => ({ ...same, attack, hostile }));
              return [{ ...same, attack: 'honest', hostile: 0 }, ...attacks];
            }),
          ),
        ),
      ),
  },
  earn: {
    about: 'who earns in eight honest rounds',
    plays: (o: StudyOptions) => against([], { ...o, hostile: [], change: { ...o.change, rounds: 8 } }),
  },
};

export type StudyName = keyof typeof studies;
