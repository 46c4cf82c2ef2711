import { commanderSentences } from './commander-sentences.ts';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { clientErrors } from '@covey/client';
import { nodeError } from '../../errors.ts';
import { sentenceOf } from '../../log/sentences.ts';
import { findingLines } from '../../creator/check/finding.ts';
import { covey } from '../program.ts';
import { execute } from '../run-cli.ts';
import { errorLines } from './error-lines.ts';
import { languageOf } from './language.ts';
import { phrase, say, sentence, speak, spokenLanguage } from './say.ts';
import { fill, keyOf, match } from './template.ts';

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await speak('en');
});

describe('the language', () => {
  it.each([
    [{ LANG: 'zh_CN.UTF-8' }, 'zh-Hans'],
    [{ LANG: 'zh_SG' }, 'zh-Hans'],
    [{ LANG: 'zh' }, 'zh-Hans'],
    [{ LANG: 'zh_TW.UTF-8' }, 'zh-Hant'],
    [{ LANG: 'zh_HK' }, 'zh-Hant'],
    [{ LANG: 'zh_MO.Big5' }, 'zh-Hant'],
    [{ LANG: 'zh-Hant-SG' }, 'zh-Hant'],
    [{ LANG: 'de_DE.UTF-8' }, 'en'],
    [{ LANG: 'C' }, 'en'],
    [{}, 'en'],
    [{ LANG: 'zh_TW', LC_MESSAGES: 'zh_CN' }, 'zh-Hans'],
    [{ LANG: 'zh_TW', LC_MESSAGES: 'zh_CN', LC_ALL: 'en_GB' }, 'en'],
    [{ LANG: 'zh_TW', LC_ALL: '' }, 'zh-Hant'],
  ])('of %o is %s', (env, language) => expect(languageOf(['task', 'show'], env)).toBe(language));

  it('is what --lang says before all of these; what it does not know, the parser refuses', () => {
    expect(languageOf(['--lang', 'zh-Hant', 'task'], { LANG: 'zh_CN' })).toBe('zh-Hant');
    expect(languageOf(['task', 'show', '--lang=en'], { LANG: 'zh_CN' })).toBe('en');
    expect(languageOf(['--lang', 'klingon'], { LANG: 'zh_CN' })).toBe('zh-Hans');
    expect(languageOf(['--lang'], {})).toBe('en');
  });
});

describe('a template', () => {
  it('has places for values, in any order', () => {
    const key = ((parts: TemplateStringsArray, ...values: unknown[]) =>
      values.length === 2 ? keyOf(parts) : '')`a ${1} b ${2}`;
    expect(key).toBe('a {0} b {1}');
    expect(fill('{1} of {0}', ['x', '{0}'])).toBe('{0} of x');
  });

  it('finds the values in a text that it gave', () => {
    expect(match("option '{0}' argument '{1}' is invalid. {2}", "option '-n' argument 'a'b' is invalid. No.")).toEqual([
      '-n',
      "a'b",
      'No.',
    ]);
    expect(match('{0} is not {1}.', 'a is b.')).toBeUndefined();
    expect(match('at {0} at', 'at at')).toBeUndefined();
    expect(match('plain', 'plain')).toEqual([]);
  });
});

it('a line without a translation is said in English', async () => {
  await speak('zh-Hans');
  expect(say`nobody translated ${1} of ${'2'}`).toBe('nobody translated 1 of 2');
  expect(phrase('nobody translated this')).toBe('nobody translated this');
  expect(sentence('nobody translated this')).toBeUndefined();
});

it('errors speak the language: what is known of the case, else what the code means beside the English', async () => {
  await speak('zh-Hant');
  expect(spokenLanguage()).toBe('zh-Hant');
  expect(errorLines(nodeError('CONFIG_INVALID', 'Cannot read a.json.', { expected: 'a deployment file' }))).toEqual([
    'CONFIG_INVALID: 無法讀取 a.json。',
    '  應為: 部署檔案',
    '  修改訊息中指出的選項。',
  ]);
  expect(errorLines(nodeError('DATA_NOT_FOUND', 'No such thing.', { hint: 'Look elsewhere.' }))).toEqual([
    'DATA_NOT_FOUND: 缺少資料檔案。',
    '  No such thing.',
    '  Look elsewhere.',
  ]);
});

it('a contract’s refusal and a field that is wrong keep their values, in units of people', async () => {
  await speak('zh-Hans');
  const refused = clientErrors.error(
    'CONTRACT_REVERTED',
    'Revealing was refused: The window for this step is not open (…).',
    {
      contractError: 'WrongPhase',
      contractArgs: [3n, 2, 3, 4],
      got: 'WrongPhase',
    },
  );
  expect(errorLines(refused)).toEqual([
    'CONTRACT_REVERTED: 这一步的时间窗口没有开放（任务 3，轮次 2，应为 承诺，实际 揭示）。',
    '  实际:      WrongPhase',
    '  查看本轮及其截止时间。',
  ]);
  const wrong = nodeError('CONFIG_INVALID', 'a.json is not a deployment file.', {
    got: 'windows.join must be at least 60; it is 5',
  });
  expect(errorLines(wrong).slice(0, 2)).toEqual([
    'CONFIG_INVALID: a.json 不是部署文件。',
    '  实际:      windows.join 须至少为 60；实际为 5',
  ]);
});

it('events of daemons are said in the language, with the names of roles and phases', async () => {
  await speak('zh-Hans');
  const at = { taskId: 7n, round: 2 };
  expect(sentenceOf({ event: 'missed', step: 'commit', phase: 'reveal', ...at })).toBe(
    '任务 7 第 2 轮：来不及承诺：轮次处于揭示阶段',
  );
  await speak('zh-Hant');
  expect(sentenceOf({ event: 'no-seat', role: 'validator', attempt: 0, ...at })).toBe(
    '任務 7 第 2 輪：沒有抽到驗證者席位',
  );
});

it('what is stored is named, and not taken for the state of a vote of that name', async () => {
  await speak('zh-Hans');
  const at = { taskId: 7n, round: 2, cid: 'bafk', bytes: 2048 };
  expect(sentenceOf({ event: 'uploaded', what: 'submission', ...at })).toBe(
    '任务 7 第 2 轮：已存储提交，2.0 KiB：bafk',
  );
});

it('a template of few letters is for names and amounts, and twists no sentence that nobody has translated', async () => {
  await speak('zh-Hans');
  expect(sentence('3 of 4')).toBe('4 中的 3');
  expect(sentence('the cat of the house of my old aunt sleeps')).toBeUndefined();
  expect(sentence('at least the same as what my old aunt had')).toBeUndefined();
  expect(sentence('option “too many” in the list of all commands')).toBeUndefined();
});

it('a sentence within a sentence is translated; a name in it is left alone', async () => {
  await speak('zh-Hans');
  expect(sentence('at least 10,000 COVEY as creation stake, which comes back when the last key is published')).toBe(
    '至少 10,000 COVEY 作为创建押金，公开最后一个密钥后退回',
  );
  expect(sentence("too many arguments for 'balance'. Expected 0 arguments but got 1: a.")).toContain('“balance”');
});

it('what doctor and task check find is said in the language, in whole', async () => {
  await speak('zh-Hant');
  const next = 'Name several with --rpc A,B: one stands in for another, and --agree 2 believes none alone.';
  expect(findingLines({ level: 'warn', field: 'rpc endpoints', value: '1', bound: 'several', next })).toEqual([
    'warn  RPC 端點: 1 (多個)',
    '      用 --rpc A,B 指定多個：彼此備用；再加 --agree 2，就不會單憑其中一個。',
  ]);
});

it('a fault shows where it was only to who asks', () => {
  const fault = new TypeError('x is not a function');
  expect(errorLines(fault).join('\n')).not.toMatch(/\n *at /);
  expect(errorLines(fault)[0]).toBe('UNEXPECTED: x is not a function');
  vi.stubEnv('COVEY_DEBUG', '1');
  expect(errorLines(fault).join('\n')).toMatch(/\n *at .*words\.test/);
});

/** What a process that was called like this would print, and its exit code. */
async function run(...typed: string[]) {
  const printed = { out: '', err: '' };
  const into = (stream: 'out' | 'err') =>
    ((chunk: string, then?: () => void) => {
      printed[stream] += chunk;
      then?.();
      return true;
    }) as never;
  vi.spyOn(process.stdout, 'write').mockImplementation(into('out'));
  vi.spyOn(process.stderr, 'write').mockImplementation(into('err'));
  const code = await execute(covey(), typed);
  return { ...printed, code };
}

it('help and what the parser refuses are in the language; JSON is not', async () => {
  await speak('zh-Hans');
  const { task } = Object.fromEntries(covey().commands.map((command) => [command.name(), command]));
  expect(task!.helpInformation()).toMatch(/用法: [^]*为任务的预算注资/);
  const { out, err, code } = await run('task', 'show', '--task', 'x', '--json');
  expect(code).toBe(2);
  expect(err).toContain('选项“--task <id>”的值“x”无效。应为从 1 起的数。');
  expect(JSON.parse(out)).toMatchObject({
    error: { message: "option '--task <id>' argument 'x' is invalid. Expected a number from 1." },
  });
});

it.each([
  [['nothing']],
  [['--nothing']],
  [['--jso']],
  [['claim', 'surplus']],
  [['simulate']],
  [['task', 'show', '--task']],
])('what commander says of %o is among its sentences', async (typed) => {
  const { out } = await run(...typed, '--json');
  const { message } = (JSON.parse(out) as { error: { message: string } }).error;
  expect(
    commanderSentences.errors.some((key) => match(key, message) !== undefined),
    message,
  ).toBe(true);
});
