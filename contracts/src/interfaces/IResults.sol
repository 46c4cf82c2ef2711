// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundNumber, TaskId} from "../types/Ids.sol";
import {ResultSummary, VoidReason} from "../types/Types.sol";

enum ResultStage {
    None,
    Committed,
    Revealed
}

/// @param hash The revealed result's hash without its last three bytes (zeroed), before that the commitment's.
struct ValidatorResult {
    ResultStage stage;
    uint16 seats;
    bytes32 hash;
}

/// @notice The validators on one result: their seats, how many they are, and Σ of their effective stake in wei, each once.
struct Agreement {
    uint16 seats;
    uint16 count;
    uint256 stake;
}

/// @param leading The result with most seats, of equal ones the first that was revealed; 0 before any.
/// @param accepted The result that stands: the leading one, or the ruled one; 0 before acceptance.
/// @param contested Fewer than two thirds of the revealed seats, or than half of all, were on it.
/// @param winner Who was the first to commit to a challenge with the result that the DAO ruled right; 0 where nobody did.
struct RoundResult {
    bytes32 leading;
    bytes32 accepted;
    bool contested;
    bool shardInvalid;
    uint16 committedSeats;
    uint16 revealedSeats;
    uint16 committed;
    uint16 revealed;
    uint16 challenges;
    address winner;
}

/// @param challenger The caller; of a challenge without a bond the node that it acts for.
/// @param committedBlock Number of the block in which it was committed to; 0 where it needed no commitment and had none.
struct Challenge {
    address challenger;
    uint40 committedBlock;
    uint128 bond;
    bytes32 resultHash;
}

/// @title Results of a round: commit, reveal, accept, challenge, rule, end
/// @notice The result with most seats stands. One that two thirds of the revealed seats are on, half of all seats revealing, is
/// challenged with a bond; any other is contested: whoever revealed another result challenges with it without one. Without
/// a challenge in time it is final; else the DAO rules. Without a ruling in time a result on two thirds of all seats is
/// final, and bonds are the treasury's; any other round is void, and bonds go back.
/// A challenge is committed to before it is made, so that who sees one on its way to the chain cannot make it in its place: of
/// the challenges with the right result the one that was committed to first is rewarded.
interface IResults {
    event ResultCommitted(
        TaskId indexed taskId, RoundNumber indexed round, address indexed validator, uint16 seats, bytes32 commitment
    );
    event ResultRevealed(
        TaskId indexed taskId,
        RoundNumber indexed round,
        address indexed validator,
        uint16 seats,
        bytes32 resultHash,
        ResultSummary summary
    );
    event ResultAccepted(
        TaskId indexed taskId,
        RoundNumber indexed round,
        bytes32 resultHash,
        bool contested,
        uint16 seats,
        uint16 revealedSeats,
        uint40 challengeEnd,
        ResultSummary summary
    );
    event ChallengeCommitted(
        TaskId indexed taskId, RoundNumber indexed round, address indexed challenger, bytes32 commitment
    );
    event ResultChallenged(
        TaskId indexed taskId,
        RoundNumber indexed round,
        address indexed challenger,
        bytes32 resultHash,
        uint256 bond,
        uint40 rulingEnd,
        ResultSummary summary
    );
    event ResultRuled(
        TaskId indexed taskId, RoundNumber indexed round, bytes32 resultHash, address winner, ResultSummary summary
    );
    event BondReturned(TaskId indexed taskId, RoundNumber indexed round, address indexed challenger, uint256 amount);
    /// @notice Bonds that were lost, to the DAO's treasury.
    event BondsLost(TaskId indexed taskId, RoundNumber indexed round, uint256 amount);

    /// @notice The validator is at another step of its result than this needs.
    error WrongResultStage(address validator, ResultStage expected, ResultStage actual);
    /// @notice Only who revealed what it could fetch commits a result.
    error NotAttested(address validator);
    /// @notice The key of the round's shard was not published, so that there is nothing to score.
    error KeyMissing(TaskId taskId, RoundNumber round);
    /// @notice The summary has another hash than the result that it is given for.
    error SummaryMismatch(bytes32 expected, bytes32 got);
    /// @notice Nobody revealed a result: the round can only be voided.
    error NoResults(TaskId taskId, RoundNumber round);
    /// @notice The challenger has a challenge in this round already.
    error AlreadyChallenged(address challenger);
    /// @notice The result that is challenged cannot challenge itself, and who brings another's again must have committed to it
    /// in an earlier block.
    error ResultStands(bytes32 resultHash);
    /// @notice A challenge is committed to before it is made: `Commitments.challengeCommitment`.
    error ChallengeNotCommitted(address challenger);
    /// @notice A challenge is made in a later block than the one in which it was committed to.
    /// @custom:action Try again in the next block.
    error ChallengeTooEarly(uint256 committedBlock);
    /// @notice A round takes only so many challenges; one of them is enough for a ruling.
    error TooManyChallenges(uint256 maximum);
    /// @notice The round can still finish.
    error CannotVoid(TaskId taskId, RoundNumber round);
    /// @notice No right result can have this summary; `what` names its first such field.
    error InvalidSummary(string what);

    /// @param commitment `Commitments.resultCommitment`.
    function commitResult(TaskId taskId, RoundNumber round, bytes32 commitment) external;
    function revealResult(TaskId taskId, RoundNumber round, ResultSummary calldata summary, bytes32 salt) external;
    /// @notice The leading result stands from now on, unless it is challenged. Anyone may call.
    function accept(TaskId taskId, RoundNumber round, ResultSummary calldata summary) external;
    /// @notice Commits to a challenge, without naming its result yet. A later commitment of the same caller takes its place.
    /// @param commitment `Commitments.challengeCommitment`.
    function commitChallenge(TaskId taskId, RoundNumber round, bytes32 commitment) external;
    /// @notice Challenges the result that stands with another one, to which the caller committed in an earlier block, and the
    /// policy's bond. Where what stands is contested and the caller's node revealed the other one, it takes no bond, and
    /// no commitment either but for the reward.
    function challenge(TaskId taskId, RoundNumber round, ResultSummary calldata summary, bytes32 salt) external;
    /// @notice The DAO's ruling on a challenged result. Needs RULE_ROUND_PERMISSION.
    function rule(TaskId taskId, RoundNumber round, ResultSummary calldata summary) external;
    /// @notice The DAO's ruling that the creator kept back what it had committed to: of a round that is void for its missing
    /// ciphertext, whose shard is still hidden. The task ends, and its creation stake goes to the treasury. Needs
    /// RULE_ROUND_PERMISSION.
    function ruleCiphertextWithheld(TaskId taskId, RoundNumber round) external;
    /// @notice Ends a round whose challenge window has passed unchallenged, or whose ruling did not come: claims can then be
    /// opened, or it is void. Anyone may call.
    function finalize(TaskId taskId, RoundNumber round) external;
    /// @notice Voids a round that can no longer finish, or repeats it: validators join and are drawn anew where it failed
    /// between reveals and key. Anyone may call.
    function voidRound(TaskId taskId, RoundNumber round) external;

    function roundResult(TaskId taskId, RoundNumber round) external view returns (RoundResult memory);
    function validatorResult(TaskId taskId, RoundNumber round, address validator)
        external
        view
        returns (ValidatorResult memory);
    function agreement(TaskId taskId, RoundNumber round, bytes32 resultHash) external view returns (Agreement memory);
    function challengeOf(TaskId taskId, RoundNumber round, uint256 index) external view returns (Challenge memory);
}
