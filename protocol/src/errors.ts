import { defineErrors } from '@covey/errors';

/** Everything that this package refuses. */
export const protocolErrors = defineErrors({
  PROTOCOL_INVALID_ARGUMENT: {
    kind: 'input',
    meaning: 'A value handed to the protocol is outside of what its function accepts.',
    action: 'Give a value inside the bounds that the message names.',
  },
  PROTOCOL_INVALID_CID: {
    kind: 'input',
    meaning: 'A content identifier is not a CIDv1 with sha2-256 and an allowed codec.',
    action: 'Give the CID as Covey printed it: base32, beginning with b.',
  },
  PROTOCOL_INVALID_DOCUMENT: {
    kind: 'input',
    meaning: 'A document does not follow its schema.',
    action: 'Change the field that the message names.',
  },
  PROTOCOL_HIDDEN_TEXT: {
    kind: 'input',
    meaning: 'A text holds a character that readers would not see, or that rearranges what they see.',
    action: 'Remove the character that the message names.',
  },
  PROTOCOL_NOT_CANONICAL: {
    kind: 'input',
    meaning: 'Bytes are not the one canonical encoding of their content.',
    action: 'Encode the document with Covey, which writes the canonical form.',
  },
  PROTOCOL_TOO_LARGE: {
    kind: 'input',
    meaning: 'Bytes are larger than allowed.',
    action: 'Make it smaller; the message names the limit.',
  },
  PROTOCOL_NOT_A_FILE: {
    kind: 'input',
    meaning: 'A CID does not lead to a UnixFS file.',
    action: 'Give the CID of the file itself.',
  },
  PROTOCOL_NOT_SAFETENSORS: {
    kind: 'input',
    meaning: 'Bytes are not a strict, canonical safetensors file.',
    action: 'Write the file with Covey; foreign files hold gaps, metadata or another order.',
  },
  PROTOCOL_WRONG_TENSORS: {
    kind: 'input',
    meaning: 'A safetensors file does not hold the tensors that the architecture names.',
    action: 'Use weights of this task’s architecture.',
  },
  PROTOCOL_UNSUPPORTED_MODEL: {
    kind: 'input',
    meaning: 'A model made elsewhere is of a kind, or has an option, that the core does not compute.',
    action: 'Use a model of a family that `covey model import --help` lists.',
  },
  PROTOCOL_UNSUPPORTED_TOKENIZER: {
    kind: 'input',
    meaning: 'The file of a tokenizer is none, is larger than allowed, or has a part that Covey does not compute.',
    action: 'Use the tokenizer of a model that Covey supports; the message names the part.',
  },
  PROTOCOL_UNTOKENIZABLE: {
    kind: 'input',
    meaning: 'A text is none that the tokenizer has tokens for.',
    action: 'Change the text as the message says.',
  },
  PROTOCOL_NOT_FINITE: {
    kind: 'input',
    meaning: 'A tensor holds NaN or an infinity.',
    action: 'Train again with a smaller learning rate.',
  },
  PROTOCOL_INVALID_DATASET: {
    kind: 'input',
    meaning: 'A decrypted shard is not a dataset for this architecture.',
    action: 'Make shards with the task’s own data format and architecture.',
  },
  PROTOCOL_WRONG_KEY: {
    kind: 'mismatch',
    meaning: 'A shard key does not match its commitment.',
    action: 'Use the key of this shard, from the file that was written when the task was made.',
  },
  PROTOCOL_DECRYPTION_FAILED: {
    kind: 'mismatch',
    meaning: 'A ciphertext does not open with this key.',
    action: 'Check that ciphertext and key belong to the same shard.',
  },
  PROTOCOL_SEALED_MISMATCH: {
    kind: 'mismatch',
    meaning: 'A sealed file, or its leaves, are not what the manifest promises.',
    action: 'Pay nothing for it; where it was paid already, dispute the content.',
  },
  PROTOCOL_WRONG_CONTENT_KEY: {
    kind: 'mismatch',
    meaning: 'A content key is not the one whose hash the manifest of a sealed file names.',
    action: 'Use the key of this file; where a seller delivered another one, dispute the key.',
  },
  PROTOCOL_INVALID_POINT: {
    kind: 'mismatch',
    meaning: 'Bytes are no point of the subgroup of prime order of BLS12-381 G1, or are infinity.',
    action: 'Do not answer it: whoever sent it is broken or hostile.',
  },
  PROTOCOL_SCORER_MISMATCH: {
    kind: 'mismatch',
    meaning: 'The loaded core is not the scorer that the policy approved for this round.',
    action: 'Load the scorer that the policy names by its SHA-256.',
  },
  PROTOCOL_FETCH_FAILED: {
    kind: 'unreachable',
    meaning: 'Content that a round needs could not be fetched.',
    action: 'Try again, or name another gateway.',
  },
  PROTOCOL_CONTENT_MISMATCH: {
    kind: 'mismatch',
    meaning: 'Fetched bytes do not match the CID under which they were asked for.',
    action: 'Ask another source: this one is broken or lies.',
    retryable: true,
  },
  PROTOCOL_UNKNOWN_ENUM: {
    kind: 'mismatch',
    meaning: 'A contract gave a state, phase or reason that this version of Covey has no name for.',
    action: 'Use the version of Covey that matches the deployed contracts.',
  },
  PROTOCOL_INVALID_REQUEST: {
    kind: 'input',
    meaning: 'A request does not fit the model that it names.',
    action: 'Ask as the model is asked: the message says what it takes.',
  },
  PROTOCOL_NO_EMBEDDING: {
    kind: 'input',
    meaning: 'The architecture of a model gives no embeddings.',
    action: 'Ask for predictions or text, or ask a model of tokens.',
  },
  PROTOCOL_RESULT_MISMATCH: {
    kind: 'mismatch',
    meaning: 'A result document contradicts itself.',
    action: 'Do not accept it: recompute the round.',
  },
});

export const { error: protocolError, is: isProtocolError } = protocolErrors;

export type ProtocolErrorCode = keyof typeof protocolErrors.rows;
