/** What commander says of a wrong command line, and what it writes into help: its words are not in our sources. */
export const commanderSentences: { errors: readonly string[]; phrases: readonly string[] } = {
  errors: [
    "unknown option '{0}'",
    "unknown option '{0}'\n(Did you mean {1}?)",
    "unknown option '{0}'\n(Did you mean one of {1}?)",
    "unknown command '{0}'",
    "unknown command '{0}'\n(Did you mean {1}?)",
    "unknown command '{0}'\n(Did you mean one of {1}?)",
    "option '{0}' argument missing",
    "required option '{0}' not specified",
    "missing required argument '{0}'",
    "option '{0}' argument '{1}' is invalid. {2}",
    "option '{0}' value '{1}' from env '{2}' is invalid. {3}",
    "command-argument value '{0}' is invalid for argument '{1}'. {2}",
    'Allowed choices are {0}.',
    "too many arguments for '{0}'. Expected {1} argument but got {2}: {3}.",
    "too many arguments for '{0}'. Expected {1} arguments but got {2}: {3}.",
    "option '{0}' cannot be used with option '{1}'",
  ],
  phrases: [
    ...['Usage:', 'Arguments:', 'Options:', 'Commands:', 'choices:', 'default:', 'env:'],
    'display help for command',
  ],
};
