import { sentence } from './sentence.ts';

/** What zod knows of a value that does not fit; of each kind of issue only what is said of it. */
export interface Issue {
  code?: string | undefined;
  input?: unknown;
  /** Of a type, or of what the value belongs to: number, string, array … */
  expected?: string;
  origin?: string;
  minimum?: number | bigint;
  maximum?: number | bigint;
  divisor?: number | bigint;
  /** False where the bound itself is not allowed; by default it is. */
  inclusive?: boolean;
  keys?: readonly string[];
  values?: readonly unknown[];
  format?: string;
}

/**
 * What is wrong with a value, for people: `must be at least 1; it is 0`. For zod's `error` of a parse; what a schema says
 * itself goes before it, and undefined leaves an issue to zod.
 */
export function issueMessage(issue: Issue): string | undefined {
  const { code, input, values = [], keys = [] } = issue;
  if (input === undefined && code !== 'unrecognized_keys' && code !== 'custom') return sentence`is missing`;
  switch (code) {
    case 'too_small':
      return beyond(issue, issue.minimum, issue.inclusive === false ? 'more than' : 'at least');
    case 'too_big':
      return beyond(issue, issue.maximum, issue.inclusive === false ? 'less than' : 'at most');
    case 'invalid_type':
      return sentence`must be ${typeName(issue.expected)}; it is ${shown(input)}`;
    case 'invalid_value':
      return values.length === 1
        ? sentence`must be ${shown(values[0])}; it is ${shown(input)}`
        : sentence`must be one of ${values.map(shown).join(', ')}; it is ${shown(input)}`;
    case 'not_multiple_of':
      return sentence`must be a multiple of ${String(issue.divisor)}; it is ${shown(input)}`;
    case 'unrecognized_keys':
      return keys.length === 1
        ? sentence`has a field that nobody knows: ${keys[0]}`
        : sentence`has fields that nobody knows: ${keys.join(', ')}`;
    case 'invalid_format':
      return sentence`is not written as it must be; it is ${shown(input)}`;
    case 'invalid_union':
      return sentence`has none of the forms that it may have; it is ${shown(input)}`;
    default:
      return undefined;
  }
}

/** The field by its path, and what is wrong with it. */
export function issueSentence({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  const field = path.map(String).join('.') || 'it';
  return /^(?:must|is|has) /.test(message) ? `${field} ${message}` : `${field}: ${message}`;
}

function beyond({ origin, input }: Issue, bound: number | bigint | undefined, how: Bound): string {
  const most = String(bound);
  if (origin === 'string') {
    const length = typeof input === 'string' ? input.length : 0;
    return how === 'at most' || how === 'less than'
      ? sentence`must have at most ${most} characters; it has ${length}`
      : sentence`must have at least ${most} characters; it has ${length}`;
  }
  if (origin === 'array' || origin === 'set') {
    const size = Array.isArray(input) ? input.length : 0;
    return how === 'at most' || how === 'less than'
      ? sentence`must have at most ${most} entries; it has ${size}`
      : sentence`must have at least ${most} entries; it has ${size}`;
  }
  const got = shown(input);
  if (how === 'at least') return sentence`must be at least ${most}; it is ${got}`;
  if (how === 'at most') return sentence`must be at most ${most}; it is ${got}`;
  if (how === 'more than') return sentence`must be more than ${most}; it is ${got}`;
  return sentence`must be less than ${most}; it is ${got}`;
}

type Bound = 'at least' | 'at most' | 'more than' | 'less than';

const typeNames: Readonly<Record<string, string>> = {
  int: sentence`a whole number`,
  number: sentence`a number`,
  string: sentence`a text`,
  boolean: sentence`true or false`,
  array: sentence`a list`,
  tuple: sentence`a list`,
  object: sentence`an object`,
  record: sentence`an object`,
  bigint: sentence`a whole number`,
};

const typeName = (expected = ''): string => typeNames[expected] ?? expected;

/** More than this of a value tells nobody more. */
const mostShown = 80;

function shown(value: unknown): string {
  const text =
    typeof value === 'bigint' || typeof value === 'number'
      ? String(value)
      : (JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner)) ??
        'missing');
  return text.length > mostShown ? `${text.slice(0, mostShown)}…` : text;
}
