import type { Command, Option } from 'commander';
import { toCommand, type CommandDefinition } from '../define-command.ts';

export interface CompletedOption {
  /** `--task`, and `-h` where it has one. */
  names: string[];
  description: string;
  /** What follows it; null for a switch. */
  takes: 'file' | 'folder' | 'other' | readonly string[] | null;
}

export interface CompletedCommand {
  /** Two words where it belongs to a group. */
  words: readonly string[];
  summary: string;
  options: CompletedOption[];
  /** What may stand after it without a name. */
  argument: CompletedOption['takes'];
}

export interface CompletionTable {
  commands: CompletedCommand[];
  groups: { name: string; summary: string }[];
}

export function completionTable(
  definitions: readonly CommandDefinition[],
  groups: Readonly<Record<string, string>>,
): CompletionTable {
  return {
    commands: definitions.map((definition) => completed(definition, toCommand(definition))),
    groups: Object.entries(groups).map(([name, summary]) => ({ name, summary })),
  };
}

function completed({ name, summary }: CommandDefinition, { options, registeredArguments }: Command): CompletedCommand {
  const [argument] = registeredArguments;
  return {
    words: name.split(' '),
    summary,
    options: [
      ...options.map(completedOption),
      { names: ['--help'], description: 'display help for command', takes: null },
    ],
    argument: argument === undefined ? null : (argument.argChoices ?? placeOf(argument.name())),
  };
}

function completedOption({ short, long, description, argChoices, flags }: Option): CompletedOption {
  const place = /[<[]([^>\]]+)/.exec(flags)?.[1];
  return {
    names: [long, short].flatMap((name) => name ?? []),
    description,
    takes: argChoices ?? (place === undefined ? null : placeOf(place)),
  };
}

const placeOf = (name: string) => (/file/.test(name) ? 'file' : /folder|dir/.test(name) ? 'folder' : 'other');
