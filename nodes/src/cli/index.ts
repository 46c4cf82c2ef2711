/** The command line as an object, for what makes documents of it and judges its words. */
export { commands, groups } from './commands/index.ts';
export { exitCodes } from './exit-codes.ts';
export { covey } from './program.ts';
export { jsonHelp } from './program-of.ts';
export { execute } from './run-cli.ts';
export { commanderSentences } from './words/commander-sentences.ts';
export { match } from './words/template.ts';
export { terms } from './words/terms.ts';
