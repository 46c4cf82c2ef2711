// File names are kebab-case; where a language or tool has its own custom, that.
import { basename, extname } from 'node:path';
import { repositoryFiles } from './repository-files.ts';

const kebab = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)?$/;
const pascal = /^[A-Z][A-Za-z0-9]*$/;
/** Tests of forge end in `.t`, scenarios are sentences. */
const solidity = /^[A-Z][A-Za-z0-9]*(_[A-Z][A-Za-z0-9]*)*(\.t)?$/;

const rules: Record<string, RegExp> = {
  '.ts': kebab,
  '.mjs': kebab,
  '.js': kebab,
  '.css': kebab,
  '.vue': pascal,
  '.sol': solidity,
};

/** Names that tools look for, and those of generated ABIs, which are their contracts'. */
const given = /^\.dependency-cruiser\.mjs$|^contracts\/abi\//;

export function fileNameProblems(files: string[]): string[] {
  return files.flatMap((file) => {
    const extension = extname(file);
    const rule = rules[extension];
    if (!rule || given.test(file) || rule.test(basename(file, extension))) return [];
    return [`${file}: the name does not match ${rule}`];
  });
}

if (import.meta.main) {
  const problems = fileNameProblems(repositoryFiles());
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
