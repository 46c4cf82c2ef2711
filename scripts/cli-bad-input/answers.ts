import { commands } from '@covey/nodes/cli';
import { run, withEnvironment, type Ran } from './run.ts';
import { withWorld, type World } from './world.ts';

export interface Answer {
  /** After `covey`, with files by their plain names. */
  typed: string;
  code: number;
  answer: string;
}

type Definition = (typeof commands)[number];
type Spec = Definition['options'][string];

/** Texts that some parser refuses, the likeliest mistakes first. */
const wrongTexts = ['x', '-1', '0', '', '1.5', '7x'];

/** Do something where no chain answers: write a file, show what is set, examine this machine. */
const withoutChain = ['init', 'config show', 'doctor'];

/** All answers: to what no command takes, to wrong values of shared options, and of each command alone. */
export async function answersOf() {
  return await withWorld(async (world) => {
    const { home } = world;
    const { bare, ...rest } = await withEnvironment(home, async () => {
      const shared = new Map<string, Answer>();
      const bare: Answer[][] = [];
      for (const command of commands)
        bare.push([...(await unaided(command, world)), ...(await wrongValues(command, shared, world))]);
      return { bare, shared, common: await common(world) };
    });
    // Each waits for an endpoint that never answers: all of them at once.
    const env = { ...home, COVEY_PRIVATE_KEY: `0x${'11'.repeat(32)}`, COVEY_IPFS: world.nobody };
    const opened = await withEnvironment(env, () =>
      Promise.all(
        commands
          .filter(({ name, options }) => 'rpc' in options && !withoutChain.includes(name))
          .map((command) => unreachable(command, world)),
      ),
    );
    const own = commands.map(({ name }, i) => [name, bare[i]!] as const);
    return { own, opened, common: rest.common, shared: [...rest.shared.values()] };
  });
}

/** A wrong value for each option that has any; for one that several commands take once, in `shared`. */
async function wrongValues(command: Definition, shared: Map<string, Answer>, world: World): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const spec of Object.values(command.options)) {
    const key = keyOf(spec);
    if (shared.has(key)) continue;
    const answer = await wrongValue(command, spec, world);
    if (answer === undefined) continue;
    const takers = commands.filter(({ options }) => Object.values(options).some((other) => keyOf(other) === key));
    if (takers.length === 1) answers.push(answer);
    else shared.set(key, { ...answer, typed: answer.typed.replace(command.name, '…') });
  }
  return answers;
}

const keyOf = ({ option }: Spec): string =>
  'flags' in option ? `${option.flags} ${option.description}` : option.name();

/** Of a command line that nothing but its words is wrong with. */
async function common(world: World): Promise<Answer[]> {
  const lines = [
    ['nothing'],
    ['stake', 'ad'],
    ['--nothing'],
    ['--lang', 'klingon'],
    ['escrow', 'show', '--lock'],
    ['escrow', 'show', 'surplus'],
    ['escrow', 'show', '--lock', '7'],
    ['escrow', 'show', '--lock', '7', '--deployment', 'missing.json'],
    ['escrow', 'show', '--lock', '7', '--deployment', world.noJson],
    ['escrow', 'show', '--lock', '7', '--deployment', world.noDeployment],
    ['escrow', 'show', '--lock', '7', '--deployment', world.deployment, '--rpc', world.nobody],
    ['escrow', 'show', '--lock', '7', '--deployment', world.deployment, '--rpc', world.otherChain],
    ['escrow', 'show', '--deployment', world.deployment, '--rpc', world.chain],
    ['escrow', 'show', '--deployment', world.deployment, '--rpc', world.chain, '--key-file', 'missing.key'],
    ['escrow', 'show', '--deployment', world.deployment, '--rpc', world.chain, '--key-file', world.noJson],
  ];
  const answers: Answer[] = [];
  for (const line of lines) answers.push(await answer(line, world));
  return answers;
}

/** Without anything, where that is wrong. */
async function unaided({ name }: Definition, world: World): Promise<Answer[]> {
  if (name === 'doctor') return [];
  const ran = await answer(name.split(' '), world);
  return ran.code === 0 ? [] : [ran];
}

/** With all that it must have, and no chain behind the endpoint. */
async function unreachable(command: Definition, world: World): Promise<Answer> {
  const line = [...givenFor(command, world), '--deployment', world.deployment, '--rpc', world.nobody];
  // A daemon would wait for its chain.
  if ('once' in command.options) line.push('--once');
  return await answer(line, world);
}

/** The command with values that its parsers take, for all that it must have but one. */
function givenFor({ name, options }: Definition, world: World, but?: Spec): string[] {
  const given = Object.values(options).flatMap((spec) => {
    const { option } = spec;
    if (spec === but) return [];
    if (!('flags' in option)) return option.required ? [right(spec, world)] : [];
    return option.mandatory ? [option.long!, right(spec, world)] : [];
  });
  return [...name.split(' '), ...given];
}

/** A text that the option's parser takes. */
function right({ option }: Spec, world: World): string {
  if (option.argChoices) return option.argChoices[0]!;
  const place = 'flags' in option ? option.flags : option.name();
  if (/file|folder/.test(place)) return world.noJson;
  if (/url/.test(place)) return world.nobody;
  const candidates = ['1', '0.5', `0x${'11'.repeat(20)}`, `0x${'11'.repeat(32)}`, '90d', world.noJson];
  return candidates.find((text) => takes(option, text)) ?? '1';
}

const takes = (option: Spec['option'], text: string): boolean => {
  try {
    option.parseArg?.(text, undefined as never);
    return true;
  } catch {
    return false;
  }
};

/** The first wrong text that the option's parser refuses; undefined where it takes any. */
async function wrongValue(command: Definition, spec: Spec, world: World): Promise<Answer | undefined> {
  const { option } = spec;
  const wrong = option.parseArg ? wrongTexts.find((text) => !takes(option, text)) : undefined;
  if (wrong === undefined) return undefined;
  const value = 'flags' in option ? [`${option.long}=${wrong}`] : [wrong];
  return await answer([...givenFor(command, world, spec), ...value], world);
}

async function answer(line: readonly string[], world: World): Promise<Answer> {
  const ran = await run(line);
  return { typed: world.plain(line.map(quoted).join(' ')), code: ran.code, answer: world.plain(said(ran)) };
}

const quoted = (text: string): string => (/^[\w./:=@…-]+$/.test(text) ? text : `'${text}'`);

/** What it said of what is wrong: an error, or a result that is bad. */
const said = ({ out, err }: Ran): string =>
  (err.trim() === '' ? out : err).trim().split('\n').slice(0, mostLines).join('\n');

const mostLines = 6;
