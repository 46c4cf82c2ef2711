// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Cid, ResultSummary, RoundPhase, VoidReason} from "../types/Types.sol";

/// @notice Ends of the windows of a round, unix seconds.
struct Deadlines {
    uint40 commit;
    uint40 reveal;
    uint40 key;
    uint40 availability;
    uint40 resultCommit;
    uint40 resultReveal;
}

/// @param openedAt Unix seconds. Stakes count as they were at the end of the second before.
/// @param submissions How many were revealed; they are numbered in the order of their reveals.
/// @param candidateStake Σ effective stake in wei of the validators that joined; seats are drawn over it.
/// @param seats How many seats are drawn (the policy's ValidatorSeats).
/// @param attestedSeats Seats whose holders attested; revealedSeats those who revealed a result.
/// @param drawBlock The block whose hash is the seed; 0 before the draw is scheduled. `seed` is 0 before the draw.
struct RoundInfo {
    RoundPhase phase;
    VoidReason voidReason;
    uint32 policyVersion;
    uint40 openedAt;
    uint64 openedBlock;
    uint32 submissions;
    uint16 seats;
    uint16 attestedSeats;
    uint16 revealedSeats;
    uint256 candidateStake;
    uint64 drawBlock;
    bool drawn;
    Deadlines deadlines;
    uint40 challengeEnd;
    uint40 disputeEnd;
    bytes32 key;
    uint256 pool;
    bytes32 acceptedHash;
}

/// @notice What a node revealed in a round, all zero when it revealed nothing.
/// @param index Its number, in the order of reveals.
/// @param committedBlock Number of the block of its commit, never 0 of a reveal; of identical content the earlier commit
/// counts, then the lower index.
struct Submission {
    uint32 index;
    uint40 committedBlock;
    bool forfeitPaid;
}

enum ValidatorStage {
    None,
    Joined,
    Attested,
    ResultCommitted,
    ResultRevealed
}

/// @param seats 0 before the draw, and for who drew none.
/// @param resultHash The revealed result's hash without its last three bytes (zeroed), else 0.
struct ValidatorEntry {
    ValidatorStage stage;
    uint16 seats;
    bytes32 resultHash;
}

/// @notice The validators on one result: their seats, their own stake in wei, and Σ stake powers with and without
/// delegation.
struct Agreement {
    uint16 seats;
    uint16 count;
    uint256 ownStake;
    uint256 sumWeights;
    uint256 sumOwnWeights;
}

/// @title Rounds: commit, reveal, key, availability, result commit and reveal, acceptance, challenge
/// @notice Rounds of a task are numbered from 0. Every transition can be called by anyone once its window has passed.
///
/// Validators are sampled by stake. Candidates join while commits run; each takes an interval as long as its effective
/// stake on a line of length S. After the commit window a draw is scheduled, whose seed is the hash of the next block but
/// one; it gives one offset o in [0, S), and the points (j·S + o)/seats, j = 0 … seats − 1, each fall into one candidate's
/// interval: that is a seat. So the expected number of seats is exactly seats·stake/S, who holds S/seats or more has one
/// for sure, there are always exactly `seats` of them, and nobody pays for a loop. Acceptance and availability count
/// seats. Limits: who builds the block of the seed can discard it, at the price of its reward, and so draw once more; a
/// schedule that nobody uses within 256 blocks has to be made again.
///
/// No function's cost grows with the number of submissions, but for one word of an attestation per 256 of them.
interface IRoundManager {
    event RoundOpened(
        uint256 indexed taskId,
        uint32 indexed round,
        uint32 policyVersion,
        bytes32 scorer,
        uint256 pool,
        Deadlines deadlines
    );
    /// @notice The candidate's interval on the line is [intervalEnd − stake, intervalEnd).
    event ValidatorJoined(
        uint256 indexed taskId, uint32 indexed round, address indexed validator, uint256 stake, uint256 intervalEnd
    );
    event SubmissionCommitted(uint256 indexed taskId, uint32 indexed round, address indexed node, bytes32 commitment);
    event DrawScheduled(uint256 indexed taskId, uint32 indexed round, uint256 drawBlock);
    event SeatsDrawn(
        uint256 indexed taskId,
        uint32 indexed round,
        uint256 drawBlock,
        bytes32 seed,
        uint256 candidateStake,
        uint16 seats
    );
    event SubmissionRevealed(
        uint256 indexed taskId, uint32 indexed round, address indexed node, uint32 index, Cid cid, uint40 committedBlock
    );
    event KeyPublished(uint256 indexed taskId, uint32 indexed round, bytes32 key);
    event AvailabilityAttested(
        uint256 indexed taskId, uint32 indexed round, address indexed validator, uint16 seats, uint256[] bitmap
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
        uint16 seats,
        uint16 revealedSeats,
        uint40 challengeEnd,
        ResultSummary summary
    );
    event ResultChallenged(
        uint256 indexed taskId, uint32 indexed round, address indexed challenger, Cid result, uint256 bond
    );
    event RoundDisputed(uint256 indexed taskId, uint32 indexed round, uint40 disputeEnd);
    event RoundRuled(uint256 indexed taskId, uint32 indexed round, bytes32 resultHash, ResultSummary summary);
    event RoundFinalized(uint256 indexed taskId, uint32 indexed round, bytes32 resultHash);
    event RoundVoided(uint256 indexed taskId, uint32 indexed round, VoidReason reason);
    event BondReturned(uint256 indexed taskId, uint32 indexed round, address indexed challenger, uint256 amount);

    /// @notice The window for this step is not open.
    /// @custom:action Check the round with its deadlines.
    error WrongPhase(uint256 taskId, uint32 round, RoundPhase expected, RoundPhase actual);
    /// @notice The round before must close first.
    error RoundStillOpen(uint256 taskId, uint32 round);
    /// @notice The node has committed in this round.
    error AlreadyCommitted(address node);
    /// @notice The node has no commitment that is left to reveal.
    error NotCommitted(address node);
    /// @notice What is revealed is not what was committed.
    /// @custom:action CID, salt and address must be those that were committed; they are in the state folder.
    error CommitmentMismatch(address node, bytes32 expected, bytes32 got);
    /// @notice A commitment is a hash, which is not zero.
    error EmptyCommitment();
    /// @notice Content of this kind cannot stand here: the codec of its CID is another one.
    error UnsupportedCodec(uint64 codec);
    /// @notice The node had less own stake than the round asks for.
    /// @custom:action Stake more, with `covey stake add`: rounds count what was there in the second before they opened.
    error StakeTooLow(address node, uint256 stake, uint256 minimum);
    /// @notice As many submissions were revealed as the round takes.
    error RoundFull(uint256 maximum);
    /// @notice The validator is a candidate of the round already.
    error AlreadyJoined(address validator);
    /// @notice Not a candidate, or one that drew no seat.
    error NoSeat(address validator);
    /// @notice The validator is at another step of the round than this needs.
    error WrongStage(address validator, ValidatorStage expected, ValidatorStage actual);
    /// @notice Nobody joined the round, so that there are no seats to draw.
    error NothingToDraw();
    /// @notice The round's seats have been drawn.
    error AlreadyDrawn();
    /// @notice The seats are to be drawn by the hash of this block.
    /// @custom:action Draw after it.
    error DrawScheduledFor(uint256 drawBlock);
    /// @notice The block by whose hash the seats are drawn is not there yet.
    /// @custom:action Draw after it.
    error DrawNotReady(uint256 drawBlock, uint256 blockNumber);
    /// @notice The hash of the block that the draw was scheduled for is out of reach.
    /// @custom:action Schedule the draw again.
    error DrawExpired(uint256 drawBlock, uint256 blockNumber);
    /// @notice An attestation has one word for each 256 submissions.
    error BitmapLength(uint256 expected, uint256 got);
    /// @notice An attestation names a submission that does not exist.
    error BitmapOutOfRange(uint256 bitmap, uint32 submissions);
    /// @notice The key of the round's shard is public already.
    error KeyAlreadyPublished();
    /// @notice The key of the round's shard was not published, so that nothing can be scored.
    error KeyMissing();
    /// @notice The key is not the one that the task committed to.
    /// @custom:action Publish the key whose keccak256 hash stands in the task.
    error WrongKey(bytes32 expected, bytes32 got);
    /// @notice The summary has another hash than the result that it is given for.
    error SummaryMismatch(bytes32 expected, bytes32 got);
    /// @notice Too few seats agree on this result: the round goes to dispute.
    error ThresholdNotMet(uint16 seatsOnHash, uint16 revealedSeats, uint16 seats);
    /// @notice Enough seats agree on this result: it is to be accepted and not disputed.
    error ThresholdMet(bytes32 resultHash);
    /// @notice `dispute` needs every revealed hash: their seats have to add up to all that revealed.
    error HashesIncomplete(uint16 seatsOnHashes, uint16 revealedSeats);
    /// @notice `dispute` takes the revealed hashes in ascending order, each once.
    error HashesNotAscending();
    /// @notice The challenger has a bond in this round already.
    error AlreadyChallenged(address challenger);
    /// @notice A round takes only so many challenges; one of them is enough for a dispute.
    error TooManyChallenges(uint256 maximum);
    /// @notice The round can still finish.
    error CannotVoid(RoundPhase phase);
    /// @notice The node has no part of a forfeited creation stake to take in this round.
    error NothingForfeited(uint256 taskId, uint32 round, address node);
    /// @notice No submission counts, or too few seats attested: the round can only be voided.
    error NothingCounted();
    /// @notice No right result can have this summary; `what` names its first such field.
    error InvalidSummary(string what);

    /// @notice Opens the task's next round when the one before has closed. Pins policy version and scorer.
    function open(uint256 taskId) external returns (uint32 round);
    /// @notice A validator becomes a candidate during the commit window, with the stake it had before the round opened.
    function join(uint256 taskId, uint32 round) external;
    /// @notice Costs a node nothing but gas; stake is looked at when it reveals.
    /// @param commitment keccak256(abi.encode(taskId, round, node, cid, salt)) with types (uint256, uint32, address, Cid, bytes32).
    function commit(uint256 taskId, uint32 round, bytes32 commitment) external;
    /// @notice Fixes the block of the draw's seed, after the commit window. Again when the last one expired unused.
    function scheduleDraw(uint256 taskId, uint32 round) external;
    /// @notice Draws the seats. `attest` does it too where nobody has.
    function draw(uint256 taskId, uint32 round) external;
    /// @notice Reveals what was committed; needs the stake minimum as of the round's opening, and one of the round's
    /// MaxTrainers places: first come, first served. The CID is in the event, and is proven by the commitment that it opens.
    function reveal(uint256 taskId, uint32 round, Cid calldata cid, bytes32 salt) external returns (uint32 index);
    function publishKey(uint256 taskId, uint32 round, bytes32 key) external;
    /// @param bitmap Bit i of word w is set when submission 256·w + i could be fetched whole; a word per 256 submissions.
    function attest(uint256 taskId, uint32 round, uint256[] calldata bitmap) external;
    /// @param commitment keccak256(abi.encode(taskId, round, validator, resultHash, salt)) with types (uint256, uint32, address, bytes32, bytes32).
    function commitResult(uint256 taskId, uint32 round, bytes32 commitment) external;
    /// @notice Only a summary that the round could have, so that none can be accepted which later steps cannot handle: at most
    /// as many claimants as submissions, own stake and weights in their ranges, and a model of the codec raw or dag-pb.
    function revealResult(uint256 taskId, uint32 round, ResultSummary calldata summary, bytes32 salt) external;
    function accept(uint256 taskId, uint32 round, ResultSummary calldata summary) external;
    /// @notice Challenges the accepted result with the policy's bond and another result document.
    function challenge(uint256 taskId, uint32 round, Cid calldata result) external;
    /// @notice Marks a round without agreement as disputed once the reveal window has passed.
    /// @param hashes Every revealed result hash, ascending.
    function dispute(uint256 taskId, uint32 round, bytes32[] calldata hashes) external;
    /// @notice The DAO's ruling on a disputed round. Needs RULE_ROUND_PERMISSION, and such a summary as `revealResult` takes.
    function rule(uint256 taskId, uint32 round, ResultSummary calldata summary) external;
    /// @notice Closes an accepted round whose challenge window has passed: its claims can then be opened, or it is void
    /// and the creation stake forfeited when the result says that the shard was invalid.
    function finalize(uint256 taskId, uint32 round) external;
    /// @notice Voids a round that can no longer finish: no candidate, no key, nothing counted, nobody revealed, no ruling in
    /// time, task stopped.
    function voidRound(uint256 taskId, uint32 round) external;
    /// @notice Pays a node that had revealed its part of a forfeited creation stake. Anyone may call.
    function claimForfeit(uint256 taskId, uint32 round, address node) external;

    function round(uint256 taskId, uint32 round_) external view returns (RoundInfo memory);
    function phaseOf(uint256 taskId, uint32 round_) external view returns (RoundPhase);
    function roundCount(uint256 taskId) external view returns (uint32);
    function submission(uint256 taskId, uint32 round_, address node) external view returns (Submission memory);
    /// @notice What a node committed and has not revealed: the commitment without its last six bytes (zeroed), and in which block.
    /// Zeros when the round is full, so that nobody is blamed for not revealing where there was no place left.
    function commitmentOf(uint256 taskId, uint32 round_, address node)
        external
        view
        returns (bytes32 commitment, uint40 committedBlock);
    function validator(uint256 taskId, uint32 round_, address validator_) external view returns (ValidatorEntry memory);
    function agreement(uint256 taskId, uint32 round_, bytes32 resultHash) external view returns (Agreement memory);
    /// @notice Which submissions count, a word per 256: empty until the availability window has passed, or without quorum.
    function countedBitmap(uint256 taskId, uint32 round_) external view returns (uint256[] memory);
    /// @notice Seats whose holders attested that they could not fetch a submission.
    function missingSeats(uint256 taskId, uint32 round_, uint32 index) external view returns (uint16);
    /// @notice Own stake that earned in the task's last paid round: T + V of its settlement, in wei.
    function stakeBehind(uint256 taskId) external view returns (uint256);
}
