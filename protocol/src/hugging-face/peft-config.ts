import { protocolError } from '../errors.ts';
import { ConfigReader } from './config-reader.ts';

/** What `adapter_config.json` says of a module that has an adapter. */
export interface PeftConfig {
  /** Whether the configuration means this module, by its name in the base model. */
  targets(module: string): boolean;
  rank(module: string): number;
  /** α / r, or α / √r: by f64. */
  scale(module: string): number;
}

/** What changes neither what an adapter is nor how it is added. */
const harmless = new Set([
  'auto_mapping',
  'base_model_name_or_path',
  'corda_config',
  'ensure_weight_tying',
  'eva_config',
  // Of the way that the base stores its matrix: A and B are the same.
  'fan_in_fan_out',
  // The tensors say which layers and modules have an adapter.
  'exclude_modules',
  'layers_pattern',
  'layers_to_transform',
  'inference_mode',
  'loftq_config',
  'lora_dropout',
  'lora_ga_config',
  'megatron_core',
  'peft_version',
  'qalora_group_size',
  'revision',
  'runtime_config',
  'task_type',
]);
const read = new Set([
  'alpha_pattern',
  'bias',
  'init_lora_weights',
  'lora_alpha',
  'peft_type',
  'r',
  'rank_pattern',
  'target_modules',
  'use_rslora',
]);
/** Ways to begin; the others change the base's own weights, which then is another base. */
const beginnings: readonly unknown[] = [undefined, null, true, false, 'gaussian', 'orthogonal', 'eva'];
const file = 'adapter_config.json';

/** Reads PEFT's `adapter_config.json`. Throws PROTOCOL_UNSUPPORTED_MODEL by the first field that makes it more than LoRA. */
export function readPeftConfig(given: unknown): PeftConfig {
  const config = new ConfigReader(given, file);
  const fields = Object.entries(given as Record<string, unknown>);
  const field = (key: string) => fields.find(([name]) => name === key)?.[1] ?? undefined;
  config.choice('peft_type', { LORA: true });
  config.choice('bias', { none: true }, 'none');
  if (!beginnings.includes(field('init_lora_weights'))) {
    throw refused('init_lora_weights', 'a beginning that leaves the base as it is', field('init_lora_weights'));
  }
  for (const [key, value] of fields) {
    if (!harmless.has(key) && !read.has(key) && !isUnset(value)) throw refused(key, 'plain LoRA, without it', value);
  }
  const rank = config.size('r', 8);
  const alpha = config.number('lora_alpha', 8);
  const isStabilised = config.flag('use_rslora', false);
  const ranks = patternsOf('rank_pattern', field('rank_pattern'));
  const alphas = patternsOf('alpha_pattern', field('alpha_pattern'));
  const targets = field('target_modules');
  const rankOf = (module: string) => ranks(module) ?? rank;
  return {
    // Of an expression the tensors are believed: PEFT saves those of the modules that it changed.
    targets: (module) =>
      !Array.isArray(targets) || targets.some((target) => module === target || module.endsWith(`.${String(target)}`)),
    rank: rankOf,
    scale: (module) => {
      const r = rankOf(module);
      // eslint-disable-next-line no-restricted-properties -- IEEE 754 rounds it correctly, and no score depends on it
      return (alphas(module) ?? alpha) / (isStabilised ? Math.sqrt(r) : r);
    },
  };
}

function isUnset(value: unknown): boolean {
  if (value === null || value === undefined || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** Patterns of one file; each name is compared with all of them. */
const MAX_PATTERNS = 4096;
/** Names, and what PEFT's own examples put into them: `.`, `\.`, `\d`, a class or a choice of words; some repeated. */
const sound = /^\^?(?:[\w-]|\\?\.[*+]?|\\d[*+]?|\[[\w-]{1,32}\][*+]?|\([\w.-]{1,64}(?:\|[\w.-]{1,64}){0,16}\))+\$?$/;
/** So few that no name takes long. */
const MAX_REPEATS = 3;

/** A table of names' endings, of which the first that fits counts. */
function patternsOf(key: string, given: unknown): (module: string) => number | undefined {
  if (isUnset(given)) return () => undefined;
  const isTable = typeof given === 'object' && given !== null && !Array.isArray(given);
  const entries = isTable ? Object.entries(given) : [];
  if (!isTable || entries.length > MAX_PATTERNS) throw refused(key, `a table of at most ${MAX_PATTERNS} names`, given);
  const patterns = entries.map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
      throw refused(`${key}.${name}`, 'a number above 0', value);
    }
    const repeats = name.match(/[*+]/g)?.length ?? 0;
    if (name.length > 512 || !sound.test(name) || repeats > MAX_REPEATS) {
      throw refused(key, `names, with at most ${MAX_REPEATS} repeats of a letter`, name);
    }
    return { pattern: new RegExp(`^(?:.*\\.)?(?:${name})$`), value };
  });
  return (module) => patterns.find(({ pattern }) => pattern.test(module))?.value;
}

function refused(key: string, expected: string, got: unknown) {
  const details = { expected, got };
  return protocolError('PROTOCOL_UNSUPPORTED_MODEL', `\`${key}\` of ${file} is not supported`, details);
}
