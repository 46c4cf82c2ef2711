import type { CoveyChain } from '@covey/client';
import {
  buildActions,
  formOf,
  governanceForms,
  parseForm,
  type Action,
  type FieldError,
  type FilledForm,
} from '@covey/governance';
import { InvalidArgumentError } from 'commander';
import { nodeError } from '../errors.ts';
import { optional } from './define-command.ts';

/** A form as the command line fills it in: texts by field. */
export interface FormDraft {
  kind: string;
  texts: Record<string, string>;
}

/** `--form KIND` begins a decision and `--set NAME=VALUE` fills it in; both together may be repeated. */
export function formOptions() {
  const drafts: FormDraft[] = [];
  const form = (kind: string): FormDraft[] => {
    if (!formOf(kind)) throw new InvalidArgumentError('There is no such form; `covey proposal forms` lists them.');
    drafts.push({ kind, texts: {} });
    return drafts;
  };
  const set = (text: string): FormDraft[] => {
    const equals = text.indexOf('=');
    const draft = drafts.at(-1);
    if (!draft || equals < 1) throw new InvalidArgumentError('Expected NAME=VALUE after a --form.');
    draft.texts[text.slice(0, equals)] = text.slice(equals + 1);
    return drafts;
  };
  return {
    form: optional('--form <kind>', 'what is decided; repeatable', form),
    set: optional('--set <name=value>', 'a field of the form before it; repeatable', set),
  };
}

/** The calls that the forms become; every wrong field is named in one error. */
export async function actionsOfForms(covey: CoveyChain, drafts: readonly FormDraft[]): Promise<Action[]> {
  const filled: FilledForm[] = [];
  const wrong: string[] = [];
  for (const { kind, texts } of drafts) {
    const parsed = parseForm(kind, texts, { deployment: covey.deployment });
    if (parsed.ok) filled.push({ kind, values: parsed.values });
    else wrong.push(...parsed.errors.map((error) => `${kind}: ${errorText(error)}`));
  }
  if (wrong.length > 0) {
    throw nodeError('CONFIG_INVALID', `The fields are not right. ${wrong.join('; ')}.`, {
      hint: '`covey proposal forms --form KIND` shows what each field is written like.',
    });
  }
  return buildActions(covey.deployment, filled);
}

const errorText = ({ field, code, expected }: FieldError): string =>
  `${field} is ${code}${expected === undefined ? '' : ` (expected ${expected})`}`;

/** Every form with its fields, for whoever does not know them. */
export function formLines(kind?: string): string[] {
  return governanceForms
    .filter((form) => kind === undefined || form.kind === kind)
    .flatMap((form) => [
      form.kind,
      ...form.fields.map(({ name, type, min, max, optional, options }) => {
        const bounds = min === undefined && max === undefined ? '' : ` ${min ?? ''}…${max ?? ''}`;
        const chosen = options && ['choice', 'contract'].includes(type) ? ` one of ${options.join(', ')}` : '';
        return `  ${name}: ${type}${bounds}${chosen}${optional ? ', optional' : ''}`;
      }),
    ]);
}
