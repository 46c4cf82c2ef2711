export {
  MAX_CLASSES,
  MAX_LAYERS,
  architectureSchema,
  classCount,
  featureCount,
  modelFromBytes,
  modelLimit,
  modelToBytes,
  parameterCount,
  submissionLimit,
  tensorPlaces,
  vocabularyOf,
} from './architecture.ts';
export type { Architecture } from './architecture.ts';
export { decompressSignature, drandRandomness, drandRoundAt } from './beacon/drand.ts';
export type { DrandSchedule } from './beacon/drand.ts';
export {
  FILE_CHUNK_BYTES,
  FILE_LINKS_PER_NODE,
  blockCid,
  cidFromChain,
  cidOrNull,
  cidToChain,
  codecs,
  documentCid,
  fileCid,
  fileImportOptions,
  importFile,
  parseCid,
} from './cid.ts';
export type { ChainCid } from './cid.ts';
export {
  attestationCommitment,
  attestationHash,
  challengeCommitment,
  keyCommitment,
  resultCommitment,
  resultHash,
  submissionCommitment,
} from './commitments.ts';
export type {
  AttestationCommitmentParameters,
  ChallengeCommitmentParameters,
  Missing,
  ResultCommitmentParameters,
  ResultSummary,
  SubmissionCommitmentParameters,
} from './commitments.ts';
export {
  MAX_CATEGORIES,
  MAX_COLUMNS,
  MAX_DATA_BYTES,
  MAX_NAME,
  decodeDataDescription,
  encodeDataDescription,
} from './data-description.ts';
export type {
  DataDescription,
  DescribedArray,
  DescribedColumn,
  DescribedImage,
  DescribedOutput,
  DescribedTable,
  DescribedText,
} from './data-description.ts';
export {
  columnWidth,
  describedFeatures,
  describedInput,
  describedOutput,
  describedVocabulary,
  requireDescribed,
} from './described-samples.ts';
export { decodeEnum } from './decode-enum.ts';
export { decodeDataset, encodeDataset, sampleCount } from './dataset.ts';
export type { Classes, Dataset, LabelledDataset } from './dataset.ts';
export { arenaEncodings, encodings, updateFromBytes, updateToBytes, usualEncodings } from './encoding.ts';
export type { Encoding, EncodingChoice } from './encoding.ts';
export { isProtocolError, protocolError, protocolErrors } from './errors.ts';
export type { ProtocolErrorCode } from './errors.ts';
export { floatOfBits, halfToNumber } from './foreign-floats.ts';
export { foreignModel } from './foreign-model.ts';
export { exportHuggingFace } from './hugging-face/export.ts';
export { importHuggingFace } from './hugging-face/import.ts';
export type { SentenceFiles } from './hugging-face/sentence.ts';
export { exportPeft, importPeft } from './hugging-face/peft.ts';
export type { PeftFiles } from './hugging-face/peft.ts';
export { nameMapSchema } from './foreign-names.ts';
export type { NameMap } from './foreign-names.ts';
export { FOREIGN_HEAD_BYTES, countForeignTensors, readForeignSafetensors } from './foreign-safetensors.ts';
export type { ForeignTensor } from './foreign-safetensors.ts';
export { MAX_LORA_RANK, adaptersOf, adaptersToBytes } from './lora.ts';
export type { Adapter, Adapters } from './lora.ts';
export { admissionTree, claimTree, leafHash, verifyClaim } from './merkle.ts';
export type { AdmissionTree, Claim, ClaimTree, TrainerLeaf } from './merkle.ts';
export { rankings, taskModes } from './modes.ts';
export type { Ranking, TaskMode } from './modes.ts';
export { ParameterRoot, ROOT_CHUNK_BYTES, parameterRoot, rootChunks } from './parameter-root.ts';
export { policyFromValues, policyToValues } from './policy.ts';
export type { PolicyValues, ScoringPolicy, SettlementPolicy } from './policy.ts';
export { provePosition, verifyPosition } from './positional-tree.ts';
export type { PositionProof } from './positional-tree.ts';
export {
  claimsOf,
  decodeResultDocument,
  encodeResultDocument,
  lastDeltaOf,
  resultDocumentSchema,
  summariseResult,
  verdicts,
} from './result.ts';
export type { ResultDocument, ResultEvaluation, ResultSubmission, SummarisedResult, Verdict } from './result.ts';
export { bitmapOf, bitmapWords, countSubmissions, excused, indicesOf } from './round/availability.ts';
export type { CountParameters, Counted, RevealedAttestation } from './round/availability.ts';
export type { FetchContent } from './round/content.ts';
export { evaluateModel } from './round/evaluate.ts';
export type { EvaluateModelParameters } from './round/evaluate.ts';
export type { RoundInputs, RoundSubmission } from './round/inputs.ts';
export { OPENED_SHARDS } from './open-data-limits.ts';
export { gradientAt, trainOn, together } from './round/opened-data.ts';
export { openDataOf, playRound, weightsOf } from './round/play.ts';
export type { OpenData, PlayedRound, PlayedTask } from './round/play.ts';
export type { Candidate } from './round/rank.ts';
export { checkSeatVectors } from './round/seat-vectors.ts';
export { seatsOf, seedOf } from './round/seats.ts';
export type { DrawnRole, SeatDraw, SeedParameters } from './round/seats.ts';
export { scoreRound } from './round/score.ts';
export type { RoundResult, ScoreProgress, ScoreRoundParameters } from './round/score.ts';
export {
  MAX_METADATA,
  MAX_PROVENANCE_BYTES,
  decodeProvenance,
  encodeProvenance,
  provenanceCid,
  provenanceSchema,
} from './provenance.ts';
export type {
  MakerProvenance,
  Provenance,
  ProvenanceDecision,
  ProvenancePlace,
  ProvenanceRound,
  ProvenanceShard,
  ProvenanceVoidRound,
  TaskProvenance,
} from './provenance.ts';
export { ONE } from './ratio.ts';
export { isKnownLicence } from './licences.ts';
export { MAX_SUBMISSIONS, leastRows, ruleSchema } from './rules.ts';
export type { TaskRule } from './rules.ts';
export { dtypeSizes, encodeSafetensors, parseSafetensors } from './safetensors.ts';
export type { Dtype, ParseOptions, Tensor } from './safetensors.ts';
export { decodeSamples, inputsOf, sampleBytes, samplesOf } from './samples.ts';
export type { Samples } from './samples.ts';
export type { Update } from './update.ts';
export { samplesRoot } from './samples-root.ts';
export { evaluationCost, fitsWindows, roundCost, scoringSeconds, statedCost, type CostPolicy } from './cost.ts';
export {
  allRanks,
  allocatedStake,
  claimBasis,
  dividePayout,
  effectiveStake,
  roundParts,
  trainerTotal,
  trainerWeights,
  trainersMax,
  validatorTotal,
} from './settlement/arithmetic.ts';
export type {
  ClaimBasis,
  ClaimWeight,
  PaidStake,
  Payout,
  RankPolicy,
  RoundFunds,
  RoundParts,
  Scored,
} from './settlement/arithmetic.ts';
export { settleRound } from './settlement/settle.ts';
export type {
  AgreeingValidator,
  ClaimingTrainer,
  PayoutOf,
  SettledRound,
  SettleRoundParameters,
} from './settlement/settle.ts';
export { checkSettlementVectors } from './settlement/vectors.ts';
export type { VectorReport } from './settlement/vectors.ts';
export { MAX_SHARD_BYTES, decryptShard, encryptShard, sha256Hex } from './shard.ts';
export type { ShardKey } from './shard.ts';
export {
  MAX_TASK_BYTES,
  decodeTaskDocument,
  encodeTaskDocument,
  takesAdapters,
  taskDocumentSchema,
  taskTerms,
} from './task.ts';
export type { ShardCommitment, TaskDocument, TaskTerms } from './task.ts';
export {
  checkText,
  choiceKey,
  escapeHidden,
  findHidden,
  findHiddenByForm,
  hiddenText,
  isVisible,
  twinChoices,
} from './text.ts';
export type { HiddenCharacter, HiddenKind, TextRule } from './text.ts';
