// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Cid, ResultSummary, RoundPhase, StakeSnapshot} from "../types/Types.sol";

/// @notice Ends of the windows of a round, unix seconds.
struct Deadlines {
    uint40 commit;
    uint40 reveal;
    uint40 key;
    uint40 availability;
    uint40 resultCommit;
    uint40 resultReveal;
}

struct RoundInfo {
    RoundPhase phase;
    uint32 policyVersion;
    uint32 submissions;
    uint32 revealed;
    uint32 validators;
    Deadlines deadlines;
    uint40 challengeEnd;
    uint40 disputeEnd;
    bytes32 key;
    bool counted;
    uint256 countedBitmap;
    uint256 pool;
    uint256 selectedStake;
    uint256 revealedStake;
    bytes32 acceptedHash;
    ResultSummary accepted;
}

struct Submission {
    address node;
    bytes32 commitment;
    bool revealed;
    Cid cid;
    StakeSnapshot stake;
}

struct ValidatorEntry {
    bool joined;
    bool attested;
    uint256 bitmap;
    bytes32 resultCommitment;
    bytes32 resultHash;
    StakeSnapshot stake;
}

/// @title Rounds: commit, reveal, key, availability, result commit and reveal, acceptance, challenge
/// @notice Rounds of a task are numbered from 0. Submissions are numbered in the order of their commits, at most 256.
/// Every transition can be called by anyone once its window has passed.
interface IRoundManager {
    event RoundOpened(
        uint256 indexed taskId,
        uint32 indexed round,
        uint32 policyVersion,
        bytes32 scorer,
        uint256 pool,
        Deadlines deadlines
    );
    event ValidatorJoined(uint256 indexed taskId, uint32 indexed round, address indexed validator, StakeSnapshot stake);
    event SubmissionCommitted(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed node,
        uint32 index,
        bytes32 commitment,
        StakeSnapshot stake
    );
    event SubmissionRevealed(uint256 indexed taskId, uint32 indexed round, address indexed node, uint32 index, Cid cid);
    event KeyPublished(uint256 indexed taskId, uint32 indexed round, bytes32 key);
    event AvailabilityAttested(uint256 indexed taskId, uint32 indexed round, address indexed validator, uint256 bitmap);
    event AvailabilityCounted(
        uint256 indexed taskId, uint32 indexed round, uint256 bitmap, uint256 attestingStake, uint256 selectedStake
    );
    event ResultCommitted(uint256 indexed taskId, uint32 indexed round, address indexed validator, bytes32 commitment);
    event ResultRevealed(
        uint256 indexed taskId,
        uint32 indexed round,
        address indexed validator,
        bytes32 resultHash,
        ResultSummary summary
    );
    event ResultAccepted(
        uint256 indexed taskId,
        uint32 indexed round,
        bytes32 resultHash,
        uint256 stake,
        uint256 revealedStake,
        uint40 challengeEnd,
        ResultSummary summary
    );
    event ResultChallenged(
        uint256 indexed taskId, uint32 indexed round, address indexed challenger, Cid result, uint256 bond
    );
    event RoundDisputed(uint256 indexed taskId, uint32 indexed round, uint40 disputeEnd);
    event RoundRuled(uint256 indexed taskId, uint32 indexed round, bytes32 resultHash);
    event RoundFinalized(uint256 indexed taskId, uint32 indexed round, bytes32 resultHash, Cid model);
    event RoundVoided(uint256 indexed taskId, uint32 indexed round, string reason);
    event BondReturned(uint256 indexed taskId, uint32 indexed round, address indexed challenger, uint256 amount);

    error WrongPhase(uint256 taskId, uint32 round, RoundPhase expected, RoundPhase actual);
    error RoundStillOpen(uint256 taskId, uint32 round);
    error AlreadyCommitted(address node);
    error NotCommitted(address node);
    error AlreadyRevealed(address node);
    error CommitmentMismatch(address node, bytes32 expected, bytes32 got);
    error UnsupportedCodec(uint64 codec);
    error StakeTooLow(address node, uint256 stake, uint256 minimum);
    error RoundFull(uint256 maximum);
    error AlreadyJoined(address validator);
    error NotValidator(address validator);
    error AlreadyAttested(address validator);
    error BitmapOutOfRange(uint256 bitmap, uint32 submissions);
    error KeyAlreadyPublished();
    error WrongKey(bytes32 expected, bytes32 got);
    error AlreadyCounted();
    error NothingCounted();
    error SummaryMismatch(bytes32 expected, bytes32 got);
    error ThresholdNotMet(uint256 stakeOnHash, uint256 revealedStake, uint256 selectedStake);
    error ThresholdMet(bytes32 resultHash);
    error AlreadyChallenged(address challenger);
    error KeyMissing();
    error EmptyCommitment();
    error TooManyChallenges(uint256 maximum);
    error CannotVoid(RoundPhase phase);
    /// @param what The first field of the summary that no right result can have.
    error InvalidSummary(string what);

    /// @notice Opens the task's next round when the one before has closed. Pins policy version and scorer.
    function open(uint256 taskId) external returns (uint32 round);
    /// @notice A staked validator joins during the commit window; its stake is counted as it is now.
    function join(uint256 taskId, uint32 round) external;
    /// @param commitment keccak256(abi.encode(taskId, round, node, cid, salt)) with types (uint256, uint32, address, Cid, bytes32).
    function commit(uint256 taskId, uint32 round, bytes32 commitment) external;
    function reveal(uint256 taskId, uint32 round, Cid calldata cid, bytes32 salt) external;
    function publishKey(uint256 taskId, uint32 round, bytes32 key) external;
    /// @param bitmap Bit i is set when revealed submission i could be fetched whole.
    function attest(uint256 taskId, uint32 round, uint256 bitmap) external;
    function countAvailability(uint256 taskId, uint32 round) external;
    /// @param commitment keccak256(abi.encode(taskId, round, validator, resultHash, salt)) with types (uint256, uint32, address, bytes32, bytes32).
    /// Counts the availability first where nobody has.
    function commitResult(uint256 taskId, uint32 round, bytes32 commitment) external;
    /// @notice Only a summary that the round could have, so that none can be accepted which later steps cannot handle: at most
    /// as many claimants as submissions, an own stake below 2^128 wei, and a model of the codec raw or dag-pb.
    function revealResult(uint256 taskId, uint32 round, ResultSummary calldata summary, bytes32 salt) external;
    function accept(uint256 taskId, uint32 round, ResultSummary calldata summary) external;
    /// @notice Challenges the accepted result with the policy's bond and another result document.
    function challenge(uint256 taskId, uint32 round, Cid calldata result) external;
    /// @notice Marks a round without agreement as disputed once the reveal window has passed.
    function dispute(uint256 taskId, uint32 round) external;
    /// @notice The DAO's ruling on a disputed round. Needs RULE_ROUND_PERMISSION, and such a summary as `revealResult` takes.
    function rule(uint256 taskId, uint32 round, ResultSummary calldata summary) external;
    /// @notice Closes an accepted round whose challenge window has passed; its claims can then be opened.
    function finalize(uint256 taskId, uint32 round) external;
    /// @notice Voids a round that can no longer finish: no key, nothing counted, nobody revealed, no ruling in time, task stopped.
    function voidRound(uint256 taskId, uint32 round) external;

    function round(uint256 taskId, uint32 round_) external view returns (RoundInfo memory);
    function phaseOf(uint256 taskId, uint32 round_) external view returns (RoundPhase);
    function roundCount(uint256 taskId) external view returns (uint32);
    function submission(uint256 taskId, uint32 round_, uint32 index) external view returns (Submission memory);
    function submissionIndexOf(uint256 taskId, uint32 round_, address node)
        external
        view
        returns (bool exists, uint32 index);
    function validator(uint256 taskId, uint32 round_, address validator_) external view returns (ValidatorEntry memory);
    function validators(uint256 taskId, uint32 round_) external view returns (address[] memory);
    /// @notice Validators whose revealed hash is `resultHash`: their stake, own stake and sums of stake powers.
    function agreement(uint256 taskId, uint32 round_, bytes32 resultHash)
        external
        view
        returns (uint256 stake, uint256 ownStake, uint256 sumWeights, uint256 sumOwnWeights, uint32 count);
}
