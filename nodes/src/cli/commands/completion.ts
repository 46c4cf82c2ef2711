import { bashCompletion, zshCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import { completionTable } from '../completion/table.ts';
import { defineCommand, positionalOneOf, type CommandDefinition } from '../define-command.ts';

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

/** @param known Every command, this one too: asked for once they all stand. */
export const completionOf = (
  known: () => { commands: readonly CommandDefinition[]; groups: Readonly<Record<string, string>> },
) =>
  defineCommand({
    name: 'completion',
    summary: 'Print what completes commands and options in a shell',
    examples: [
      'completion bash >> ~/.bashrc',
      'completion zsh >> ~/.zshrc   # after compinit',
      'completion fish > ~/.config/fish/completions/covey.fish',
    ],
    options: { shell: positionalOneOf('<shell>', 'which shell', Object.keys(shells) as (keyof typeof shells)[]) },
    async run({ shell }, out) {
      const { commands, groups } = known();
      const script = shells[shell](completionTable(commands, groups));
      out.result('covey.completion/1', { shell, script }, script.trimEnd().split('\n'));
    },
  });
