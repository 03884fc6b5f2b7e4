/** Completion scripts for shells, out of the tree of commands itself. */
import type { Command, Option } from 'commander';

export type Shell = 'bash' | 'zsh' | 'fish';

export function completionFor(shell: Shell, program: Command): string {
  return { bash, zsh, fish }[shell](program);
}

const optionsOf = (command: Command): readonly Option[] => command.createHelp().visibleOptions(command);
const flagsOf = ({ long, short }: Option): string[] => [long, short].filter((flag) => flag !== undefined);
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash(program: Command): string {
  const name = program.name();
  const commands = program.commands.map((command) => command.name());
  const choices = program.commands.flatMap((command) => [
    ...optionsOf(command).flatMap(({ long, argChoices }) =>
      argChoices ? [`    ${quoted(`${command.name()} ${long ?? ''}`)}) words=${quoted(argChoices.join(' '))} ;;`] : [],
    ),
    ...command.registeredArguments.flatMap(({ argChoices }) =>
      argChoices
        ? [`    ${quoted(`${command.name()} ${command.name()}`)}) words=${quoted(argChoices.join(' '))} ;;`]
        : [],
    ),
  ]);
  const flags = [program, ...program.commands].map((command) => {
    const all = optionsOf(command).flatMap(flagsOf).join(' ');
    return `      ${command === program ? "''" : command.name()}) words=${quoted(all)} ;;`;
  });
  return `_${name}() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command= word words=
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${commands.join('|')}) command=$word; break ;; esac
  done
  case "$command $previous" in
${choices.join('\n')}
  esac
  if [[ -z $words && $current == -* ]]; then
    case $command in
${flags.join('\n')}
    esac
  elif [[ -z $command ]]; then
    words=${quoted(commands.join(' '))}
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}
`;
}

function zsh(program: Command): string {
  const name = program.name();
  const escaped = (text: string): string => text.replace(/[\\:[\]]/g, '\\$&');
  const described = program.commands.map((command) => quoted(`${command.name()}:${escaped(command.description())}`));
  const cases = program.commands.map((command) => {
    const options = optionsOf(command).flatMap((option) =>
      flagsOf(option).map((flag) => {
        const value = option.required ? `:${option.attributeName()}:${argumentsOf(option.argChoices)}` : '';
        return quoted(`${option.variadic ? '*' : ''}${flag}[${escaped(option.description)}]${value}`);
      }),
    );
    const choices = command.registeredArguments[0]?.argChoices;
    return `      ${command.name()}) _arguments ${[...options, quoted(`*:argument:${argumentsOf(choices)}`)].join(' ')} ;;`;
  });
  return `#compdef ${name}
_${name}() {
  local line state
  _arguments -C '1: :->command' '*::argument:->arguments'
  case $state in
    command)
      local -a commands=(${described.join(' ')})
      _describe command commands ;;
    arguments)
      case $line[1] in
${cases.join('\n')}
      esac ;;
  esac
}
compdef _${name} ${name}
`;
}

const argumentsOf = (choices: readonly string[] | undefined): string => (choices ? `(${choices.join(' ')})` : '_files');

function fish(program: Command): string {
  const name = program.name();
  const lines = program.commands.flatMap((command) => {
    const seen = `-n ${quoted(`__fish_seen_subcommand_from ${command.name()}`)}`;
    const choices = command.registeredArguments[0]?.argChoices;
    return [
      `-n __fish_use_subcommand -f -a ${command.name()} -d ${quoted(command.description())}`,
      ...(choices ? [`${seen} -f -a ${quoted(choices.join(' '))}`] : []),
      ...optionsOf(command).map(({ long, short, description, required, argChoices }) =>
        [
          seen,
          ...(long ? [`-l ${long.slice(2)}`] : []),
          ...(short ? [`-s ${short.slice(1)}`] : []),
          ...(argChoices ? [`-x -a ${quoted(argChoices.join(' '))}`] : required ? ['-r'] : []),
          `-d ${quoted(description)}`,
        ].join(' '),
      ),
    ];
  });
  return lines.map((line) => `complete -c ${name} ${line}\n`).join('');
}
