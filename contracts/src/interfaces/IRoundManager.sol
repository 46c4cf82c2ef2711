// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Role, RoundPhase, VoidReason, Windows} from "../types/Types.sol";

/// @notice When each step of a round ends, unix seconds; 0 where that does not stand yet. The ends of the two draws are the
/// hard ends by which the beacon must have been brought.
struct Deadlines {
    uint40 join;
    uint40 trainerDraw;
    uint40 commit;
    uint40 reveal;
    uint40 validatorJoin;
    uint40 validatorDraw;
    uint40 attest;
    uint40 attestReveal;
    uint40 key;
    uint40 resultCommit;
    uint40 resultReveal;
}

/// @param attempt How often validators have been drawn anew: 0 at first.
/// @param openedAt Unix seconds. Stakes count as they were at the end of the second before.
/// @param trainerStake Σ effective stake in wei of the training nodes that joined, over which their seats are drawn.
/// @param validatorStake The same of the validators of this attempt.
/// @param trainerCandidates How many joined as training nodes; validatorCandidates in this attempt as validators.
/// @param trainerSeed 0 before the draw, like `validatorSeed`.
/// @param closedAt When it became claimable or void, unix seconds.
struct RoundInfo {
    RoundPhase phase;
    VoidReason voidReason;
    uint8 attempt;
    uint32 policyVersion;
    uint40 openedAt;
    uint64 openedBlock;
    uint16 trainerSeats;
    uint16 validatorSeats;
    uint32 trainerCandidates;
    uint32 validatorCandidates;
    uint256 trainerStake;
    uint256 validatorStake;
    bytes32 trainerSeed;
    bytes32 validatorSeed;
    Deadlines deadlines;
    uint40 challengeEnd;
    uint40 rulingEnd;
    uint40 closedAt;
}

/// @notice What a node joined a round with.
/// @param ratio Part of its pool that is bound, 1e18 = all.
/// @param stake Effective stake in wei: its length on the line.
/// @param intervalEnd Its interval on the line is [intervalEnd − stake, intervalEnd).
/// @param seats 0 before the draw, and for who drew none.
struct Candidate {
    Role role;
    uint64 ratio;
    uint256 stake;
    uint256 intervalEnd;
    uint16 seats;
}

/// @notice Values of the stake's inverse integral (see IStakeManager) at two moments of a paid round, for the emission.
struct EmissionSpan {
    uint40 start;
    uint40 end;
    uint256 startIntegral;
    uint256 endIntegral;
}

/// @title Rounds: opening, joining, the draws and the clock
/// @notice Rounds of a task are numbered from 0. Candidates of both roles join while the first window runs, each with what it
/// allocated to the task in the second before the opening (and still does), which is bound from then on. Trainers' seats
/// are drawn after it, validators' after the reveals, each from one value of a beacon that nobody knew before (IBeacon).
/// The steps between are in ISubmissions, IAttestations and IResults, which ask here for phase and seats. Every transition can
/// be called by anyone once its window has passed. No function's cost grows with the number of candidates.
interface IRoundManager {
    event RoundOpened(
        TaskId indexed taskId,
        RoundNumber indexed round,
        uint32 policyVersion,
        bytes32 scorer,
        uint256 pool,
        uint256 creationStake,
        uint40 joinEnd
    );
    event CandidateJoined(
        TaskId indexed taskId,
        RoundNumber indexed round,
        address indexed node,
        Role role,
        uint8 attempt,
        uint64 ratio,
        uint256 stake,
        uint256 intervalEnd
    );
    /// @param beacon The beacon's value for the end of the window before.
    event SeatsDrawn(
        TaskId indexed taskId,
        RoundNumber indexed round,
        Role role,
        uint8 attempt,
        bytes32 beacon,
        bytes32 seed,
        uint256 stake,
        uint16 seats
    );
    /// @notice Validators join and are drawn anew, until `joinEnd`; training nodes and submissions stay.
    event RoundRepeated(
        TaskId indexed taskId, RoundNumber indexed round, uint8 attempt, VoidReason reason, uint40 joinEnd
    );
    event RoundFinalized(TaskId indexed taskId, RoundNumber indexed round);
    event RoundVoided(TaskId indexed taskId, RoundNumber indexed round, VoidReason reason);

    /// @notice The window for this step is not open.
    /// @custom:action Check the round with its deadlines.
    error WrongPhase(TaskId taskId, RoundNumber round, RoundPhase expected, RoundPhase actual);
    /// @notice The node had less own stake allocated to the task than the round asks for, in wei.
    /// @custom:action Stake more and allocate it to the task: rounds count what stood there in the second before they opened.
    error StakeTooLow(address node, uint256 stake, uint256 minimum);
    /// @notice The node is a candidate of the round already.
    error AlreadyJoined(address node);
    /// @notice A round has training nodes and validators, and in a repeated round only validators join.
    error RoleNotOpen(Role role);
    /// @notice The task admits only training nodes of its list, and the proof does not show this one to be on it.
    error NotAdmitted(address node, bytes32 admissionRoot);
    /// @notice Not a candidate, or one that drew no seat.
    error NoSeat(address node);
    /// @notice Only of a round that is void for its missing ciphertext a ruling takes the creation stake.
    error CiphertextNotMissing(TaskId taskId, RoundNumber round, VoidReason reason);
    /// @notice The seats of this role have been drawn.
    error AlreadyDrawn(Role role);
    /// @notice Nobody joined in this role, or too little stake did: the round can only be voided.
    error NothingToDraw(Role role);
    /// @notice The beacon was to be brought before this second; the round can only be voided or repeated.
    error DrawTooLate(uint256 hardEnd);

    /// @notice Opens the task's next round when the one before has closed. Only the task's creator, or whom it named, may.
    /// Pins policy version and scorer.
    function open(TaskId taskId) external returns (RoundNumber round);
    /// @notice A node becomes a candidate, with the stake that it had allocated to the task in this role before the round
    /// opened, or has now where that is less. Its operator calls for it.
    /// @param admission Proof that the node is on the task's list; empty where it admits everybody, and for validators.
    function join(TaskId taskId, RoundNumber round, Role role, bytes32[] calldata admission) external;
    /// @notice Draws the seats of a role, once the window before has ended and the beacon's value for that end is known or
    /// `proof` proves it. Anyone may; the next window starts now.
    function draw(TaskId taskId, RoundNumber round, Role role, bytes calldata proof) external;

    /// @notice The six below need ROUND_STEP_PERMISSION of the DAO (held by the results' contract, which knows when).
    function markAccepted(TaskId taskId, RoundNumber round, uint40 challengeEnd) external;
    function markChallenged(TaskId taskId, RoundNumber round, uint40 rulingEnd) external;
    function finalize(TaskId taskId, RoundNumber round) external;
    /// @param revealedSeats Seats of the training nodes that revealed: they share a fifth of a forfeited creation stake.
    function voidRound(TaskId taskId, RoundNumber round, VoidReason reason, uint256 revealedSeats) external;
    /// @notice Lets validators join and be drawn anew.
    function repeatRound(TaskId taskId, RoundNumber round, VoidReason reason) external;
    /// @notice Stops the task of a round that is void for its missing ciphertext, and sends its creation stake to the treasury.
    function forfeitCreationStake(TaskId taskId, RoundNumber round) external;

    function round(TaskId taskId, RoundNumber round_) external view returns (RoundInfo memory);
    /// @notice None for a round that was never opened.
    function phaseOf(TaskId taskId, RoundNumber round_) external view returns (RoundPhase);
    function roundCount(TaskId taskId) external view returns (uint32);
    /// @notice What the node joined with, as training node or as validator of this attempt; zeros when it did not.
    function candidate(TaskId taskId, RoundNumber round_, uint8 attempt, address node)
        external
        view
        returns (Candidate memory);
    /// @notice For which node the caller acts, and with how many seats in this attempt; reverts in another phase or without a seat.
    function seatIn(TaskId taskId, RoundNumber round_, RoundPhase phase, address caller)
        external
        view
        returns (address node, uint16 seats, uint8 attempt);
    /// @notice The present attempt; reverts in another phase.
    function attemptIn(TaskId taskId, RoundNumber round_, RoundPhase phase) external view returns (uint8);
    /// @notice The effective stake with which a validator of this attempt joined, 0 for another; reverts in another phase.
    function validatorStakeIn(TaskId taskId, RoundNumber round_, RoundPhase phase, address node)
        external
        view
        returns (uint96);
    /// @notice For which node the caller acts; reverts in another phase.
    function actingIn(TaskId taskId, RoundNumber round_, RoundPhase phase, address caller)
        external
        view
        returns (address node, uint8 attempt);
    /// @notice Whether the round can no longer be drawn: no candidates, too little stake, no beacon by the hard end; None
    /// when it can, or was.
    function drawFailure(TaskId taskId, RoundNumber round_) external view returns (VoidReason);
    /// @notice Zeros where it was not finalized.
    function emissionSpan(TaskId taskId, RoundNumber round_) external view returns (EmissionSpan memory);
}
