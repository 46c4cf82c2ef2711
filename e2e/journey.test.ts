// What a new user does, with nothing but the packed command in empty folders: four tasks of own data at once, on a chain with
// blocks of two seconds, while chain and IPFS node go away for half a minute each. One task is an arena, whose first round a
// model wins that was made elsewhere and submitted by hand.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cast } from '../scripts/demo/cast.ts';
import { claimByHand, submitByHand, type Claimed } from './journey/by-hand.ts';
import { fruitTable, rentTable, sentences, writePictures } from './journey/data.ts';
import { approve, completed, eventsOf, logsIn, propose, rounds, train, until, type Kind } from './journey/task.ts';
import { startJourneyWorld, type Daemon, type JourneyWorld, type Person, type Program } from './journey/world.ts';

const csv = (table: (seed: number, rows: number) => string) => (folder: string, seed: number, samples: number) => {
  writeFileSync(join(folder, 'own.csv'), table(seed, samples));
  return 'own.csv';
};

const kinds = {
  tabular: {
    name: 'Fruit by its measures',
    write: csv(fruitTable),
    importing: ['--label', 'fruit'],
    drafting: ['--kind', 'tabular'],
    samples: { hidden: 400, node: 200 },
  },
  regression: {
    name: 'Rent of a flat',
    write: csv(rentTable),
    importing: ['--target', 'rent'],
    drafting: ['--kind', 'tabular', '--mode', 'arena'],
    samples: { hidden: 400, node: 300 },
    byHand: 1,
  },
  image: {
    name: 'Crosses and rings',
    write(folder, seed, samples) {
      writePictures(join(folder, 'pictures'), seed, samples / 2);
      return 'pictures';
    },
    importing: ['--size', '12x12'],
    drafting: ['--kind', 'image'],
    samples: { hidden: 200, node: 160 },
  },
  text: {
    name: 'Sentences of a small world',
    write(folder, seed, samples) {
      writeFileSync(join(folder, 'own.txt'), sentences(seed, samples));
      return 'own.txt';
    },
    importing: ['--length', '32'],
    drafting: ['--kind', 'text'],
    samples: { hidden: 200, node: 400 },
  },
} satisfies Record<string, Kind>;

type Name = keyof typeof kinds;
const names = Object.keys(kinds) as Name[];

/** Accounts of the chain: everybody has tokens, nobody is two. */
const accounts: Record<Name, { creator: number; trainers: number[] }> = {
  tabular: { creator: cast.creator, trainers: cast.trainers.slice(0, 3) },
  regression: { creator: cast.locker, trainers: cast.trainers.slice(3, 5) },
  image: { creator: cast.visitor, trainers: cast.trainers.slice(5, 7) },
  text: { creator: cast.ecosystem, trainers: cast.sybil.slice(0, 2) },
};

let world: JourneyWorld;
const daemons: Daemon[] = [];
const creators = {} as Record<Name, Person>;
const trainers = {} as Record<Name, Person[]>;
const validators: Person[] = [];
let buyer: Person;
/** Who has no daemon, what it submits to the arena, and what it claims in the end. */
let maker: Person;
let submitted: Program;
let claimed: Claimed;
const taskIds = {} as Record<Name, string>;

beforeAll(async () => {
  world = await startJourneyWorld();
  const voters = await Promise.all(cast.voters.map((account, i) => world.person(`voter-${i}`, account)));
  buyer = voters[0]!;
  for (const [i, account] of cast.validators.slice(0, 2).entries())
    validators.push(await world.person(`validator-${i}`, account));
  await Promise.all(
    names.map(async (name) => {
      creators[name] = await world.person(`creator-${name}`, accounts[name].creator);
      trainers[name] = await Promise.all(
        accounts[name].trainers.map((account, i) => world.person(`trainer-${name}-${i}`, account)),
      );
      taskIds[name] = await propose(creators[name], kinds[name]);
    }),
  );
  for (const validator of validators) {
    const stake = ['--stake', '40000', '--max-stake', '40000', '--allocate', '0.25'];
    daemons.push(validator.start('validate', ...stake));
  }
  // A voter's transactions follow each other.
  for (const name of names) await approve(voters[0]!, voters.slice(1), taskIds[name]);
  maker = await world.person('maker', cast.trainers[7]!);
  const [started] = await Promise.all([
    Promise.all(names.map((name) => train(kinds[name], taskIds[name], creators[name], trainers[name]))),
    submitByHand(kinds.regression, taskIds.regression, maker).then((program) => (submitted = program)),
  ]);
  daemons.push(...started.flat(), (await world.person('keeper', cast.keeper)).start('keeper'));
  // A program that fails is not waited for.
  const failed = submitted.printed.then(() => new Promise<never>(() => undefined));
  await Promise.race([outages(voters[0]!), failed]).catch((error: unknown) => {
    const people = [...Object.values(creators), ...Object.values(trainers).flat(), ...validators, maker];
    throw new Error(
      [String(error), ...people.map(({ folder }) => `${folder}\n${logsIn(folder)}`), ...world.said].join('\n'),
    );
  });
});

/** Without the chain once rounds are joined, without the IPFS node once training nodes have committed; then to the end. */
async function outages(reader: Person): Promise<void> {
  const times = (folder: string, command: string, event: string) =>
    eventsOf(folder, command).filter((entry) => entry.event === event).length;
  // The fast clock waits for whoever is in a round, not for whoever might still come.
  await until(
    'all candidates',
    async () =>
      readFileSync(join(maker.folder, 'python.log'), 'utf8').includes('joined as') &&
      nodes().every(
        ({ folder, command }) => times(folder, command, 'joined') >= (command === 'train' ? 1 : names.length),
      ),
  );
  await world.withoutChain(awaySeconds);
  await until('a commitment', async () =>
    nodes().some(({ folder, command }) => times(folder, command, 'committed') > 0),
  );
  await world.withoutContent(awaySeconds);
  await completed(reader, Object.values(taskIds));
  claimed = await claimByHand(taskIds.regression, maker);
}

const awaySeconds = 30;

const nodes = () => [
  ...names.flatMap((name) => trainers[name].map(({ folder }) => ({ folder, command: 'train' }))),
  ...validators.map(({ folder }) => ({ folder, command: 'validate' })),
];

afterAll(async () => {
  await Promise.all(daemons.map((daemon) => daemon.stop()));
  await world?.stop();
});

describe.each(names)('own data: %s', (name) => {
  test('every round is recomputed to what was accepted', async () => {
    for (let round = 0; round < rounds; round++) {
      const verified = await validators[0]!.covey('verify', '--task', taskIds[name], '--round', String(round));
      expect(verified, `round ${round}`).toMatchObject({ match: true });
    }
  });

  test('what everybody claimed is what the accepted results give', async () => {
    for (let round = 0; round < rounds; round++) {
      const due = await validators[0]!.covey('settle', '--task', taskIds[name], '--round', String(round));
      const { trainers: ofTrainers, validators: ofValidators } = due as unknown as Settled;
      expect(ofTrainers.length + ofValidators.length, `round ${round}`).toBeGreaterThan(0);
      const expected = [
        ...ofTrainers.map(({ node, payout }) => [node, 'trainer', BigInt(payout.total)] as const),
        ...ofValidators.map(({ validator, payout }) => [validator, 'validator', BigInt(payout.total)] as const),
      ]
        .filter(([, , total]) => total > 0n)
        .map(([node, role, total]) => `${role} ${node} ${total}`)
        .toSorted();
      await until(`the claims of round ${round}`, async () => claims(name, round).length >= expected.length);
      expect(claims(name, round), `round ${round}`).toEqual(expected);
    }
  });
});

interface Settled {
  trainers: { node: string; payout: { total: string } }[];
  validators: { validator: string; payout: { total: string } }[];
}

/** Whom the daemons say they were paid in a round, by the address that each began with; and who claimed by hand. */
function claims(name: Name, round: number): string[] {
  const { node, totals } = claimed;
  const byHand = name === 'regression' && totals.has(round) ? [`trainer ${node} ${totals.get(round)}`] : [];
  const byDaemons = nodes().flatMap(({ folder, command }) => {
    const events = eventsOf(folder, command);
    const address = events.find(({ event }) => event === 'started')?.address as string;
    return events
      .filter(({ event, taskId, round: of }) => event === 'claimed' && taskId === taskIds[name] && of === round)
      .map(({ role, total }) => `${role as string} ${address} ${total as string}`);
  });
  return [...byDaemons, ...byHand].toSorted();
}

test('a model that numpy made wins the first round of the arena, submitted as a file', async () => {
  expect(await submitted.printed).toMatchObject({ schema: 'covey.submit/1', status: 'revealed', round: 0 });
  const due = await maker.covey('settle', '--task', taskIds.regression, '--round', '0');
  const { trainers: paid } = due as unknown as Settled;
  const totals = (of: (node: string) => boolean) =>
    paid.filter(({ node }) => of(node)).reduce((sum, { payout }) => sum + BigInt(payout.total), 0n);
  const isMaker = (node: string) => node === claimed.node;
  expect(paid).toHaveLength(trainers.regression.length + 1);
  // Its seats come first, and each rank earns a tenth less than the one before.
  expect(totals(isMaker)).toBeGreaterThan(totals((node) => !isMaker(node)));
  expect(claimed.totals.get(0)).toBe(totals(isMaker));
});

test('half a minute without the chain and without the IPFS node cost nobody a step', () => {
  const all = nodes().map(({ folder, command }) => eventsOf(folder, command));
  for (const events of all) {
    expect(events.filter(({ event, what }) => event === 'recovered' && what === 'chain')).not.toEqual([]);
    expect(events.filter(({ event }) => event === 'missed')).toEqual([]);
    const steps = events
      .filter(({ event }) => ['committed', 'attested', 'result-committed'].includes(event))
      .map(({ event, taskId, round, attempt = 0 }) => [event, taskId, round, attempt].join(' '));
    expect(steps.length).toBeGreaterThan(0);
    expect(steps).toEqual([...new Set(steps)]);
  }
  expect(all.flat().filter(({ event, what }) => event === 'recovered' && what === 'content')).not.toEqual([]);
});

test('who funded a task asks for what was not spent', async () => {
  const answer = await creators.tabular.covey('task', 'refund', '--task', taskIds.tabular);
  expect(answer).toMatchObject({ schema: 'covey.task-refund/1' });
});

describe('the models answer what nobody has shown them', () => {
  const rightOf = async (name: Name, input: string) => {
    const answer = await creators[name].covey('predict', '--task', taskIds[name], '--input', input);
    const { right, known } = answer.right as { right: number; known: number };
    return right / known;
  };

  test('rows of a table, by the names of classes', async () => {
    writeFileSync(join(creators.tabular.folder, 'new.csv'), fruitTable(9_000, 200));
    expect(await rightOf('tabular', 'new.csv')).toBeGreaterThan(0.95);
    const one = await creators.tabular.covey(
      'predict',
      '--task',
      taskIds.tabular,
      '--input',
      'new.csv',
      '--index',
      '0',
    );
    expect(JSON.stringify(one)).toMatch(/cherry|lemon|melon/);
  });

  test('pictures', async () => {
    writePictures(join(creators.image.folder, 'new'), 9_001, 50);
    const answer = await creators.image.covey('predict', '--task', taskIds.image, '--input', 'new');
    const predictions = answer.predictions as { sample: string; name: string }[];
    const right = predictions.filter(({ sample, name }) => sample.includes(name));
    expect(right.length / predictions.length, JSON.stringify(predictions.slice(0, 3))).toBeGreaterThan(0.85);
  });

  test('numbers, in their own unit', async () => {
    const { folder } = creators.regression;
    const table = rentTable(9_002, 200);
    writeFileSync(join(folder, 'new.csv'), table);
    await creators.regression.covey(
      'predict',
      '--task',
      taskIds.regression,
      '--input',
      'new.csv',
      '--out',
      'answers.csv',
    );
    const [head, ...lines] = readFileSync(join(folder, 'answers.csv'), 'utf8').trim().split('\n');
    const column = head!.split(',').findIndex((title) => /rent/.test(title) && !/expected/.test(title));
    const rents = table
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',').at(-1)));
    const told = lines.map((line) => Number(line.split(',')[column]));
    const mean = rents.reduce((sum, rent) => sum + rent, 0) / rents.length;
    const square = (of: (rent: number, i: number) => number) =>
      rents.reduce((sum, rent, i) => sum + of(rent, i) ** 2, 0);
    // The share of the variance that is explained.
    expect(1 - square((rent, i) => rent - told[i]!) / square((rent) => rent - mean)).toBeGreaterThan(0.8);
  });

  test('text goes on', async () => {
    writeFileSync(join(creators.text.folder, 'prompt.txt'), 'the voter checks every ');
    const { next } = await creators.text.covey(
      'predict',
      '--task',
      taskIds.text,
      '--input',
      'prompt.txt',
      '--tokens',
      '8',
    );
    const likely = (next as { text: string }[]).map(({ text }) => text);
    expect(likely.slice(0, 3)).toEqual(expect.arrayContaining(['m']));
  });
});

describe('the tabular model is sold', () => {
  let listing: string;

  test('a voter buys it, pulls it and predicts with it', async () => {
    const terms = ['--price', '100', '--share', '0.1'];
    const listed = await creators.tabular.covey('market', 'publish', '--task', taskIds.tabular, ...terms);
    listing = listed.listingId as string;
    const found = await buyer.covey('market', 'list', '--search', 'fruit');
    expect(found.listings).toMatchObject([{ listingId: listing, kind: 'task', state: 'active', sales: '0' }]);
    const { model } = await buyer.covey('market', 'buy', '--listing', listing);
    await buyer.covey('pull', String(model), '--out', 'bought.safetensors');
    writeFileSync(join(buyer.folder, 'new.csv'), fruitTable(9_003, 200));
    const input = ['--model', 'bought.safetensors', '--input', 'new.csv'];
    const answer = await buyer.covey('predict', '--task', taskIds.tabular, ...input);
    const { right, known } = answer.right as { right: number; known: number };
    expect(right / known).toBeGreaterThan(0.95);
  });

  test('its contributors are paid of the price what fee and creator leave, its creator its share', async () => {
    const { contributorRevenue } = await buyer.covey('market', 'show', '--listing', listing);
    const paid = await Promise.all(trainers.tabular.map((trainer) => trainer.covey('market', 'withdraw')));
    const revenues = paid.flatMap(({ revenues: each }) => each as { amount: string }[]);
    const sum = revenues.reduce((total, { amount }) => total + BigInt(amount), 0n);
    // Each claim rounds down.
    expect(BigInt(contributorRevenue as string) - sum).toBeLessThan(BigInt(revenues.length + rounds + 1));
    expect(sum).toBeGreaterThan(0n);
    expect((await trainers.tabular[0]!.covey('market', 'earnings')).revenues).toEqual([]);
    const { owed } = await creators.tabular.covey('market', 'withdraw');
    expect(owed).toMatchObject([{ where: 'market', amount: String(10n ** 19n) }]);
  });
});
