/**
 * A task's rounds in virtual time, without a chain: the engine of `npm run simulate` and `covey simulate`. Nothing here
 * needs Node, so that a page can play a task too.
 */
export { Budget } from './budget.ts';
export { play } from './engine.ts';
export type { Observed, Play, PlayParameters, RoundRecord } from './play-types.ts';
export { measure } from './measure.ts';
export type { Measure } from './measure.ts';
export { drawSeats, mix, trainer, validator } from './participants.ts';
export type { Account, Stake, Trainer, Validator } from './participants.ts';
export { plainMean } from './plain-mean.ts';
export { TOKEN, initialPolicy } from './policy.ts';
export { TRIGGER, triggered, rowsOf } from './samples.ts';
export { randomOf, seedFrom, streams } from './seeds.ts';
export type { Split } from './split.ts';
export { estimate, rankCorrelation } from './statistics.ts';
export type { Estimate } from './statistics.ts';
export type { TrainerContext, TrainerStrategy, ValidatorContext, ValidatorStrategy } from './strategy.ts';
export { adaptiveAttacks, attackNamed, honest, referenceAttacks, slugOf } from './trainers/index.ts';
export { honestValidator, validatorStrategies } from './validators/index.ts';
export { simulateTask } from './task.ts';
export type { Hostile, SimulatedTask, SimulatedTaskResult, SimulateTaskParameters } from './task.ts';
export type { World } from './world.ts';
