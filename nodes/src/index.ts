/** What participants run, as libraries. `./browser` is the part of it that needs no Node. */
export * from './browser.ts';
export { buyListing, fetchModel, predict, readListing } from './buyer/buy-model.ts';
export type { FetchedModel, ListingOnChain, Prediction } from './buyer/buy-model.ts';
export { completeTask, createTask, fundTask, proposeTask, publishTask } from './creator/create-task.ts';
export type { CreateTaskParameters, PublishedTask, TaskDraft } from './creator/create-task.ts';
export { keyFileOf, publishKey, readKeyFile, roundKey, runKeyPublisher, writeKeyFile } from './creator/keys.ts';
export type { KeyFile, KeyPublisherOptions } from './creator/keys.ts';
export type { RunOptions } from './daemon/poll.ts';
export type { DaemonOptions } from './daemon/run-rounds.ts';
export { labelCounts, selectRows } from './data/dataset.ts';
export type { Dataset } from './data/dataset.ts';
export { idxDataset, parseIdx, readMnist } from './data/idx.ts';
export type { IdxArray } from './data/idx.ts';
export { seededRandom } from './data/random.ts';
export type { Random } from './data/random.ts';
export { cut, dirichletSplit } from './data/split.ts';
export type { SplitOptions } from './data/split.ts';
export { prepareValidation } from './data/validation.ts';
export type { PreparedValidation, PrepareValidationOptions, ValidationShard } from './data/validation.ts';
export type { NodeEvent, OnEvent } from './events.ts';
export {
  acceptOrDispute,
  crankRound,
  finalize,
  openClaims,
  openRound,
  readResults,
  voidIfPossible,
} from './keeper/crank.ts';
export type { CrankParameters } from './keeper/crank-parameters.ts';
export { advanceDraw } from './keeper/draw.ts';
export { mintEmission, readEmission, syncEmission } from './keeper/emission.ts';
export type { EmissionOnChain } from './keeper/emission.ts';
export { collectSlashes, executeCases } from './keeper/execute-cases.ts';
export { payForfeits } from './keeper/forfeits.ts';
export { Keeper } from './keeper/keeper.ts';
export type { KeeperOptions } from './keeper/keeper.ts';
export { Participant } from './participant/participant.ts';
export type { ParticipantOptions } from './participant/participant.ts';
export type { RoundAt, Step, StepResult, Steps } from './participant/step.ts';
export { ensureAllowance, ensureStake, stake } from './stake/ensure-stake.ts';
export type { Produce, RoundToTrain } from './trainer/produce.ts';
export { trainOwnData } from './trainer/train-own-data.ts';
export type { OwnTraining } from './trainer/train-own-data.ts';
export { TrainerNode } from './trainer/trainer-node.ts';
export type { TrainerOptions } from './trainer/trainer-node.ts';
export { trainUpdate } from './trainer/train-update.ts';
export { checkAvailability } from './validator/availability.ts';
export { scoreHere, scoreInWorker } from './validator/scoring.ts';
export type { Scoring } from './validator/scoring.ts';
export { openCases, slashableFacts } from './validator/slash-cases.ts';
export { ValidatorNode } from './validator/validator-node.ts';
export type { ValidatorOptions } from './validator/validator-node.ts';
