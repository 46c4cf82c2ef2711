// Every path and link in a README or document leads to a file that exists. Records of decisions are history: they keep
// the names of their time, and only their links are followed.
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from '../process.ts';
import { repositoryFiles } from './repository-files.ts';

/** Written by commands, so not there in a fresh clone. */
const written =
  /(^|\/)(\.covey|dist|out|cache|node_modules|(task|keys|data|covey)\.json|first(-keys)?\.json|(base|model|update|validation)\.safetensors)(\/|$)/;

/** Of models that others make, by their formats' names. */
const foreign = /(^|\/)(adapter_config|modules|tokenizer(_config)?)\.json$/;

/** A word in backticks that looks like a path of ours: a folder or file of the repository, with a slash or an extension. */
const path = /^(?:\.{1,2}\/)?[\w.@-]+(?:\/[\w.@*<>-]+)*\/?$/;
const extension = /\.(ts|mjs|vue|sol|json|md|svg|css|c|h|py|toml|yml|sha256|wasm|safetensors|bin)$/;

export interface Document {
  file: string;
  text: string;
}

/** `known` has every file and folder by its path from the root. */
export function documentPathProblems({ file, text }: Document, known: ReadonlySet<string>): string[] {
  const folder = dirname(file);
  const all = [...known];
  const problems: string[] = [];
  const prose = text.replace(/^```.*?^```/gms, '');
  for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    const [link = ''] = target.split('#');
    if (link === '' || /^[a-z]+:/.test(link)) continue;
    if (!known.has(normalize(join(folder, link)).replace(/\/$/, '')))
      problems.push(`${file}: the link ${target} leads nowhere`);
  }
  if (file.startsWith('docs/decisions/') || file === 'CHANGELOG.md') return problems;
  for (const [, word = ''] of prose.matchAll(/`([^`\n]+)`/g)) {
    if (!path.test(word) || /[<>*]/.test(word) || written.test(word) || foreign.test(word)) continue;
    const clean = word.replace(/\/$/, '');
    const named = word.includes('/')
      ? extension.test(clean) || word.endsWith('/') || known.has(clean.split('/')[0] as string)
      : extension.test(clean);
    if (!named || word.startsWith('@')) continue;
    // From the root, from the document's folder, or the end of a path that the text has named before.
    const exists = [clean, join(folder, clean)].some((one) => known.has(normalize(one)));
    if (!exists && !all.some((one) => one.endsWith(`/${clean}`))) problems.push(`${file}: \`${word}\` does not exist`);
  }
  return problems;
}

if (import.meta.main) {
  const files = repositoryFiles();
  const known = new Set(files);
  for (const file of files) for (let up = dirname(file); up !== '.'; up = dirname(up)) known.add(up);
  const problems = files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) => documentPathProblems({ file, text: readFileSync(join(root, file), 'utf8') }, known));
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
