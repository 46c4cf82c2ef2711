import type { CompletedCommand, CompletedOption, CompletionTable } from './table.ts';

/** A function that knows every command and option; it starts no process of ours. Zsh runs it by its bash layer. */
export function bashCompletion({ commands, groups }: CompletionTable): string {
  const alone = commands.filter(({ words }) => words.length === 1).map(({ words }) => words[0]!);
  const inGroup = (group: string) =>
    commands.filter(({ words }) => words.length === 2 && words[0] === group).map(({ words }) => words[1]!);
  return `# bash completion of covey: eval "$(covey completion bash)"
_covey() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path=\${COMP_WORDS[1]}
  local words='' options='' takes='' place=''
  case "$path" in
    ${groups.map(({ name }) => name).join('|')}) [ "$COMP_CWORD" -gt 2 ] && path="$path \${COMP_WORDS[2]}" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && path=''
  case "$path" in
    '') words='${[...alone, ...groups.map(({ name }) => name)].join(' ')}' options='--help --version' ;;
${groups.map(({ name }) => `    '${name}') words='${inGroup(name).join(' ')}' options='--help' ;;`).join('\n')}
${commands.map(commandCase).join('\n')}
  esac
  case " $takes " in
    *" $prev:file "*) place=file ;;
    *" $prev:folder "*) place=folder ;;
    *" $prev:other "*) return ;;
    *" $prev="*) takes=\${takes#*"$prev="} words=\${takes%% *} words=\${words//,/ } options='' ;;
  esac
  [ -n "$place" ] && words='' options=''
  case "$cur" in -*) words=$options ;; esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
  case "$place" in
    file) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames 2>/dev/null ;;
    folder) COMPREPLY=($(compgen -d -- "$cur")); compopt -o filenames 2>/dev/null ;;
  esac
}
complete -F _covey covey
`;
}

export const zshCompletion = (table: CompletionTable): string =>
  `# zsh completion of covey: source <(covey completion zsh), after compinit
autoload -U +X bashcompinit && bashcompinit
${bashCompletion(table)}`;

function commandCase({ words, options, argument }: CompletedCommand): string {
  const names = options.flatMap((option) => option.names).join(' ');
  const takes = options.flatMap(takesOf).join(' ');
  const place = argument === 'file' || argument === 'folder' ? ` place=${argument}` : '';
  const choices = Array.isArray(argument) ? ` words='${argument.join(' ')}'` : '';
  return `    '${words.join(' ')}') options='${names}' takes='${takes}'${choices}${place && ` [ "\${cur#-}" = "$cur" ] &&${place}`} ;;`;
}

/** `--data:file`, or `--network=local,custom`. */
const takesOf = ({ names, takes }: CompletedOption): string[] =>
  takes === null
    ? []
    : names.map((name) => (typeof takes === 'string' ? `${name}:${takes}` : `${name}=${takes.join(',')}`));
