// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {Deadlines, IRoundManager, RoundInfo, Submission, ValidatorEntry} from "../interfaces/IRoundManager.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {ITaskManager, TaskInfo} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {RULE_ROUND_PERMISSION} from "../permission/Permissions.sol";
import {Settlement} from "../reward/Settlement.sol";
import {CODEC_DAG_JSON, CODEC_DAG_PB, CODEC_RAW} from "../types/Codecs.sol";
import {Cid, ResultSummary, RoundPhase, StakeSnapshot, TaskState, Windows} from "../types/Types.sol";
import {Availability} from "./Availability.sol";

/// @title Rounds
/// @notice Trust: the DAO rules on disputes; nobody else has a privilege here. Stakes are counted as they are when a node
/// commits or joins. Loops are bounded by 32 validators, 256 submissions and 16 challenges.
/// @dev Phases up to Acceptance follow from the deadlines alone; only what comes after is stored.
contract RoundManager is IRoundManager, DaoAuthorized, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    enum Status {
        None,
        Running,
        Accepted,
        Disputed,
        Claimable,
        Void
    }

    /// @dev Votes of the validators who revealed one hash; wei, and sums of stake powers.
    struct Tally {
        uint128 stake;
        uint128 ownStake;
        uint256 sumWeights;
        uint256 sumOwnWeights;
        uint32 count;
    }

    struct Challenge {
        address challenger;
        uint96 bond;
        bytes32 documentDigest;
    }

    struct Round {
        Status status;
        bool counted;
        uint16 revealed;
        uint32 policyVersion;
        uint40 challengeEnd;
        uint40 disputeEnd;
        Deadlines deadlines;
        uint128 selectedStake;
        uint128 revealedStake;
        uint256 pool;
        uint256 revealedBitmap;
        uint256 countedBitmap;
        bytes32 key;
        bytes32 acceptedHash;
        ResultSummary accepted;
        Submission[] submissions;
        address[] validators;
        Challenge[] challenges;
        mapping(address node => uint256) indexPlusOne;
        mapping(address validator => ValidatorEntry) entries;
        mapping(bytes32 resultHash => Tally) tallies;
    }

    uint256 private constant ONE = 1e18;
    uint256 private constant MAX_CHALLENGES = 16;

    IERC20 public immutable token;
    IPolicy public immutable policy;
    IStakeManager public immutable stakeManager;
    ITaskManager public immutable taskManager;

    mapping(uint256 taskId => Round[]) private _rounds;

    constructor(address dao_, address token_, address policy_, address stakeManager_, address taskManager_)
        DaoAuthorized(dao_)
    {
        if (token_ == address(0) || policy_ == address(0) || stakeManager_ == address(0) || taskManager_ == address(0)) revert ZeroAddress();
        token = IERC20(token_);
        policy = IPolicy(policy_);
        stakeManager = IStakeManager(stakeManager_);
        taskManager = ITaskManager(taskManager_);
    }

    /// @inheritdoc IRoundManager
    function open(uint256 taskId) external nonReentrant returns (uint32 round_) {
        Round[] storage list = _rounds[taskId];
        uint256 count = list.length;
        if (count != 0) {
            Status last = list[count - 1].status;
            if (last != Status.Claimable && last != Status.Void) {
                revert RoundStillOpen(taskId, uint32(count - 1));
            }
        }
        uint256 pool;
        // The task manager refuses unknown, unapproved, finished and unfunded tasks.
        (round_, pool) = taskManager.allocateRound(taskId);
        Windows memory w = taskManager.task(taskId).windows;
        Round storage r = list.push();
        r.status = Status.Running;
        r.policyVersion = policy.version();
        r.pool = pool;
        Deadlines memory d;
        d.commit = uint40(block.timestamp) + w.commit;
        d.reveal = d.commit + w.reveal;
        d.key = d.reveal + w.key;
        d.availability = d.key + w.availability;
        d.resultCommit = d.availability + w.resultCommit;
        d.resultReveal = d.resultCommit + w.resultReveal;
        r.deadlines = d;
        emit RoundOpened(taskId, round_, r.policyVersion, policy.scorer(), pool, d);
    }

    /// @inheritdoc IRoundManager
    function join(uint256 taskId, uint32 round_) external {
        Round storage r = _inPhase(taskId, round_, RoundPhase.Commit);
        ValidatorEntry storage entry = r.entries[msg.sender];
        if (entry.joined) revert AlreadyJoined(msg.sender);
        uint256 maximum = _policyOf(r, Param.MaxValidators);
        if (r.validators.length >= maximum) revert RoundFull(maximum);
        StakeSnapshot memory stake = _stakeOf(r, taskManager.task(taskId).minValidatorStake, Param.MinValidatorStake);
        entry.joined = true;
        entry.stake = stake;
        r.validators.push(msg.sender);
        r.selectedStake += uint128(_effective(r, stake));
        emit ValidatorJoined(taskId, round_, msg.sender, stake);
    }

    /// @inheritdoc IRoundManager
    function commit(uint256 taskId, uint32 round_, bytes32 commitment) external {
        Round storage r = _inPhase(taskId, round_, RoundPhase.Commit);
        if (r.indexPlusOne[msg.sender] != 0) revert AlreadyCommitted(msg.sender);
        uint256 index = r.submissions.length;
        uint256 maximum = _policyOf(r, Param.MaxTrainers);
        if (index >= maximum) revert RoundFull(maximum);
        StakeSnapshot memory stake = _stakeOf(r, taskManager.task(taskId).minTrainerStake, Param.MinTrainerStake);
        r.indexPlusOne[msg.sender] = index + 1;
        Submission storage s = r.submissions.push();
        s.node = msg.sender;
        s.commitment = commitment;
        s.stake = stake;
        emit SubmissionCommitted(taskId, round_, msg.sender, uint32(index), commitment, stake);
    }

    /// @inheritdoc IRoundManager
    function reveal(uint256 taskId, uint32 round_, Cid calldata cid, bytes32 salt) external {
        Round storage r = _inPhase(taskId, round_, RoundPhase.Reveal);
        uint256 indexPlusOne = r.indexPlusOne[msg.sender];
        if (indexPlusOne == 0) revert NotCommitted(msg.sender);
        uint256 index = indexPlusOne - 1;
        Submission storage s = r.submissions[index];
        if (s.revealed) revert AlreadyRevealed(msg.sender);
        if (cid.codec != CODEC_RAW && cid.codec != CODEC_DAG_PB) revert UnsupportedCodec(cid.codec);
        bytes32 got = keccak256(abi.encode(taskId, round_, msg.sender, cid, salt));
        if (got != s.commitment) revert CommitmentMismatch(msg.sender, s.commitment, got);
        s.revealed = true;
        s.cid = cid;
        r.revealed += 1;
        r.revealedBitmap |= 1 << index;
        emit SubmissionRevealed(taskId, round_, msg.sender, uint32(index), cid);
    }

    /// @inheritdoc IRoundManager
    /// @dev Anyone who knows the key may publish it: the creator's commitment makes it the creator's key.
    function publishKey(uint256 taskId, uint32 round_, bytes32 key) external {
        Round storage r = _inPhase(taskId, round_, RoundPhase.Key);
        if (r.key != bytes32(0)) revert KeyAlreadyPublished();
        bytes32 expected = taskManager.keyCommitment(taskId, round_);
        bytes32 got = keccak256(abi.encode(key));
        if (got != expected || key == bytes32(0)) revert WrongKey(expected, got);
        r.key = key;
        emit KeyPublished(taskId, round_, key);
    }

    /// @inheritdoc IRoundManager
    function attest(uint256 taskId, uint32 round_, uint256 bitmap) external {
        Round storage r = _inPhase(taskId, round_, RoundPhase.Availability);
        if (r.key == bytes32(0)) revert KeyMissing();
        ValidatorEntry storage entry = _joined(r);
        if (entry.attested) revert AlreadyAttested(msg.sender);
        if (bitmap & ~r.revealedBitmap != 0) revert BitmapOutOfRange(bitmap, uint32(r.submissions.length));
        entry.attested = true;
        entry.bitmap = bitmap;
        emit AvailabilityAttested(taskId, round_, msg.sender, bitmap);
    }

    /// @inheritdoc IRoundManager
    function countAvailability(uint256 taskId, uint32 round_) external {
        Round storage r = _running(taskId, round_);
        if (r.counted) revert AlreadyCounted();
        if (block.timestamp < r.deadlines.availability) {
            revert WrongPhase(taskId, round_, RoundPhase.ResultCommit, _phase(r));
        }
        if (r.key == bytes32(0)) revert KeyMissing();
        _count(taskId, round_, r);
    }

    /// @inheritdoc IRoundManager
    function commitResult(uint256 taskId, uint32 round_, bytes32 commitment) external {
        Round storage r = _inPhase(taskId, round_, RoundPhase.ResultCommit);
        if (r.key == bytes32(0)) revert KeyMissing();
        ValidatorEntry storage entry = _joined(r);
        if (commitment == bytes32(0)) revert EmptyCommitment();
        if (entry.resultCommitment != bytes32(0)) revert AlreadyCommitted(msg.sender);
        if (!r.counted) _count(taskId, round_, r);
        if (r.countedBitmap == 0) revert NothingCounted();
        entry.resultCommitment = commitment;
        emit ResultCommitted(taskId, round_, msg.sender, commitment);
    }

    /// @inheritdoc IRoundManager
    function revealResult(uint256 taskId, uint32 round_, ResultSummary calldata summary, bytes32 salt) external {
        Round storage r = _inPhase(taskId, round_, RoundPhase.ResultReveal);
        ValidatorEntry storage entry = _joined(r);
        if (entry.resultCommitment == bytes32(0)) revert NotCommitted(msg.sender);
        if (entry.resultHash != bytes32(0)) revert AlreadyRevealed(msg.sender);
        bytes32 resultHash = keccak256(abi.encode(summary));
        bytes32 got = keccak256(abi.encode(taskId, round_, msg.sender, resultHash, salt));
        if (got != entry.resultCommitment) revert CommitmentMismatch(msg.sender, entry.resultCommitment, got);
        _requireValid(r, summary);
        entry.resultHash = resultHash;
        StakeSnapshot memory stake = entry.stake;
        uint256 power = _policyOf(r, Param.ValidatorStakeQuarterPower);
        uint256 effective = _effective(r, stake);
        r.revealedStake += uint128(effective);
        Tally storage tally = r.tallies[resultHash];
        tally.stake += uint128(effective);
        tally.ownStake += stake.own;
        tally.sumWeights += Settlement.stakePower(effective, power);
        tally.sumOwnWeights += Settlement.stakePower(stake.own, power);
        tally.count += 1;
        emit ResultRevealed(taskId, round_, msg.sender, resultHash, summary);
    }

    /// @inheritdoc IRoundManager
    /// @dev Needs no check of the summary: only valid ones were revealed, and so have a tally.
    function accept(uint256 taskId, uint32 round_, ResultSummary calldata summary) external {
        Round storage r = _inPhase(taskId, round_, RoundPhase.Acceptance);
        bytes32 resultHash = keccak256(abi.encode(summary));
        uint256 stake = r.tallies[resultHash].stake;
        if (!_meetsThreshold(r, stake)) revert ThresholdNotMet(stake, r.revealedStake, r.selectedStake);
        r.status = Status.Accepted;
        r.acceptedHash = resultHash;
        r.accepted = summary;
        r.challengeEnd = uint40(block.timestamp + _policyOf(r, Param.ChallengeWindow));
        emit ResultAccepted(taskId, round_, resultHash, stake, r.revealedStake, r.challengeEnd, summary);
    }

    /// @inheritdoc IRoundManager
    /// @dev The first challenge makes the round disputed; others may join with their results until the window ends.
    function challenge(uint256 taskId, uint32 round_, Cid calldata result) external nonReentrant {
        Round storage r = _existing(taskId, round_);
        bool open_ = r.status == Status.Accepted || (r.status == Status.Disputed && r.acceptedHash != bytes32(0));
        if (!open_ || block.timestamp >= r.challengeEnd) {
            revert WrongPhase(taskId, round_, RoundPhase.Challenge, _phase(r));
        }
        if (result.codec != CODEC_DAG_JSON) revert UnsupportedCodec(result.codec);
        uint256 count = r.challenges.length;
        if (count >= MAX_CHALLENGES) revert TooManyChallenges(MAX_CHALLENGES);
        for (uint256 i; i < count; ++i) {
            if (r.challenges[i].challenger == msg.sender) revert AlreadyChallenged(msg.sender);
        }
        uint256 bond = _policyOf(r, Param.ChallengeBond);
        // Safe narrowing: the catalogue bounds the bond far below 2^96.
        r.challenges.push(Challenge(msg.sender, uint96(bond), result.digest));
        emit ResultChallenged(taskId, round_, msg.sender, result, bond);
        if (r.status == Status.Accepted) _dispute(taskId, round_, r);
        token.safeTransferFrom(msg.sender, address(this), bond);
    }

    /// @inheritdoc IRoundManager
    function dispute(uint256 taskId, uint32 round_) external {
        Round storage r = _inPhase(taskId, round_, RoundPhase.Acceptance);
        // Without any result there is nothing to rule on: the round can be voided.
        if (r.revealedStake == 0) revert ThresholdNotMet(0, 0, r.selectedStake);
        uint256 count = r.validators.length;
        for (uint256 i; i < count; ++i) {
            bytes32 resultHash = r.entries[r.validators[i]].resultHash;
            if (resultHash != bytes32(0) && _meetsThreshold(r, r.tallies[resultHash].stake)) {
                revert ThresholdMet(resultHash);
            }
        }
        _dispute(taskId, round_, r);
    }

    /// @inheritdoc IRoundManager
    /// @dev Bonds of those who named the ruled result go back, the others' go to the task's budget.
    function rule(uint256 taskId, uint32 round_, ResultSummary calldata summary)
        external
        auth(RULE_ROUND_PERMISSION)
        nonReentrant
    {
        Round storage r = _inPhase(taskId, round_, RoundPhase.Disputed);
        if (block.timestamp >= r.disputeEnd) revert WrongPhase(taskId, round_, RoundPhase.Disputed, RoundPhase.Void);
        _requireValid(r, summary);
        bytes32 resultHash = keccak256(abi.encode(summary));
        r.acceptedHash = resultHash;
        r.accepted = summary;
        emit RoundRuled(taskId, round_, resultHash);
        _finalize(taskId, round_, r);
        _settleBonds(taskId, round_, r, false);
    }

    /// @inheritdoc IRoundManager
    function finalize(uint256 taskId, uint32 round_) external nonReentrant {
        Round storage r = _inPhase(taskId, round_, RoundPhase.Challenge);
        if (block.timestamp < r.challengeEnd) {
            revert WrongPhase(taskId, round_, RoundPhase.Claimable, RoundPhase.Challenge);
        }
        _finalize(taskId, round_, r);
    }

    /// @inheritdoc IRoundManager
    function voidRound(uint256 taskId, uint32 round_) external nonReentrant {
        Round storage r = _existing(taskId, round_);
        (string memory reason, bool withheld) = _voidReason(taskId, round_, r);
        r.status = Status.Void;
        emit RoundVoided(taskId, round_, reason);
        if (withheld) taskManager.forfeitCreationStake(taskId, _revealers(r));
        taskManager.closeRound(taskId, round_, false);
        _settleBonds(taskId, round_, r, true);
    }

    /// @inheritdoc IRoundManager
    function round(uint256 taskId, uint32 round_) external view returns (RoundInfo memory info) {
        Round storage r = _existing(taskId, round_);
        info.phase = _phase(r);
        info.policyVersion = r.policyVersion;
        info.submissions = uint32(r.submissions.length);
        info.revealed = r.revealed;
        info.validators = uint32(r.validators.length);
        info.deadlines = r.deadlines;
        info.challengeEnd = r.challengeEnd;
        info.disputeEnd = r.disputeEnd;
        info.key = r.key;
        info.counted = r.counted;
        info.countedBitmap = r.countedBitmap;
        info.pool = r.pool;
        info.selectedStake = r.selectedStake;
        info.revealedStake = r.revealedStake;
        info.acceptedHash = r.acceptedHash;
        info.accepted = r.accepted;
    }

    /// @inheritdoc IRoundManager
    /// @dev None for a round that was never opened.
    function phaseOf(uint256 taskId, uint32 round_) external view returns (RoundPhase) {
        if (round_ >= _rounds[taskId].length) return RoundPhase.None;
        return _phase(_rounds[taskId][round_]);
    }

    /// @inheritdoc IRoundManager
    function roundCount(uint256 taskId) external view returns (uint32) {
        return uint32(_rounds[taskId].length);
    }

    /// @inheritdoc IRoundManager
    function submission(uint256 taskId, uint32 round_, uint32 index) external view returns (Submission memory) {
        return _existing(taskId, round_).submissions[index];
    }

    /// @inheritdoc IRoundManager
    function submissionIndexOf(uint256 taskId, uint32 round_, address node)
        external
        view
        returns (bool exists, uint32 index)
    {
        uint256 indexPlusOne = _existing(taskId, round_).indexPlusOne[node];
        if (indexPlusOne != 0) return (true, uint32(indexPlusOne - 1));
    }

    /// @inheritdoc IRoundManager
    function validator(uint256 taskId, uint32 round_, address validator_)
        external
        view
        returns (ValidatorEntry memory)
    {
        return _existing(taskId, round_).entries[validator_];
    }

    /// @inheritdoc IRoundManager
    function validators(uint256 taskId, uint32 round_) external view returns (address[] memory) {
        return _existing(taskId, round_).validators;
    }

    /// @inheritdoc IRoundManager
    function agreement(uint256 taskId, uint32 round_, bytes32 resultHash)
        external
        view
        returns (uint256 stake, uint256 ownStake, uint256 sumWeights, uint256 sumOwnWeights, uint32 count)
    {
        Tally storage tally = _existing(taskId, round_).tallies[resultHash];
        return (tally.stake, tally.ownStake, tally.sumWeights, tally.sumOwnWeights, tally.count);
    }

    function _dispute(uint256 taskId, uint32 round_, Round storage r) private {
        r.status = Status.Disputed;
        r.disputeEnd = uint40(block.timestamp + _policyOf(r, Param.DisputeWindow));
        emit RoundDisputed(taskId, round_, r.disputeEnd);
    }

    function _finalize(uint256 taskId, uint32 round_, Round storage r) private {
        r.status = Status.Claimable;
        emit RoundFinalized(taskId, round_, r.acceptedHash, r.accepted.model);
        taskManager.closeRound(taskId, round_, true);
    }

    function _settleBonds(uint256 taskId, uint32 round_, Round storage r, bool returnAll) private {
        uint256 count = r.challenges.length;
        uint256 lost;
        for (uint256 i; i < count; ++i) {
            Challenge storage c = r.challenges[i];
            if (returnAll || c.documentDigest == r.accepted.documentDigest) {
                emit BondReturned(taskId, round_, c.challenger, c.bond);
                token.safeTransfer(c.challenger, c.bond);
            } else {
                lost += c.bond;
            }
        }
        if (lost != 0) {
            token.safeTransfer(address(taskManager), lost);
            taskManager.returnBudget(taskId, lost);
        }
    }

    function _count(uint256 taskId, uint32 round_, Round storage r) private {
        uint256 attestingStake;
        uint256 count = r.validators.length;
        uint256[] memory bitmaps = new uint256[](count);
        uint256[] memory stakes = new uint256[](count);
        for (uint256 i; i < count; ++i) {
            ValidatorEntry storage entry = r.entries[r.validators[i]];
            if (!entry.attested) continue;
            bitmaps[i] = entry.bitmap;
            stakes[i] = _effective(r, entry.stake);
            attestingStake += stakes[i];
        }
        uint256 bitmap;
        if (attestingStake * ONE >= _policyOf(r, Param.ValidatorQuorum) * r.selectedStake) {
            uint256 needed = _policyOf(r, Param.AvailabilityThreshold) * attestingStake;
            bitmap = Availability.count(bitmaps, stakes, r.revealedBitmap, needed);
        }
        r.counted = true;
        r.countedBitmap = bitmap;
        emit AvailabilityCounted(taskId, round_, bitmap, attestingStake, r.selectedStake);
    }

    /// @dev Why the round can no longer finish; reverts when it still can. A stop by the DAO comes first, for a creator
    /// need not publish keys of a stopped task.
    function _voidReason(uint256 taskId, uint32 round_, Round storage r)
        private
        returns (string memory reason, bool keyWithheld)
    {
        if (r.status == Status.Disputed && block.timestamp >= r.disputeEnd) return ("no ruling", false);
        if (r.status == Status.Running) {
            Deadlines memory d = r.deadlines;
            if (taskManager.task(taskId).state == TaskState.Stopped) return ("task stopped", false);
            if (block.timestamp >= d.commit && r.validators.length == 0) return ("no validators", false);
            if (block.timestamp >= d.reveal && r.revealed == 0) return ("no submissions", false);
            if (block.timestamp >= d.key && r.key == bytes32(0)) return ("key withheld", true);
            if (block.timestamp >= d.availability) {
                if (!r.counted) _count(taskId, round_, r);
                if (r.countedBitmap == 0) return ("nothing counted", false);
            }
            if (block.timestamp >= d.resultReveal && r.revealedStake == 0) return ("no results", false);
        }
        revert CannotVoid(_phase(r));
    }

    function _revealers(Round storage r) private view returns (address[] memory nodes) {
        nodes = new address[](r.revealed);
        uint256 count = r.submissions.length;
        uint256 next;
        for (uint256 i; i < count; ++i) {
            if (r.revealedBitmap & (1 << i) != 0) nodes[next++] = r.submissions[i].node;
        }
    }

    function _phase(Round storage r) private view returns (RoundPhase) {
        Status status = r.status;
        if (status == Status.Running) {
            Deadlines memory d = r.deadlines;
            if (block.timestamp < d.commit) return RoundPhase.Commit;
            if (block.timestamp < d.reveal) return RoundPhase.Reveal;
            if (block.timestamp < d.key) return RoundPhase.Key;
            if (block.timestamp < d.availability) return RoundPhase.Availability;
            if (block.timestamp < d.resultCommit) return RoundPhase.ResultCommit;
            if (block.timestamp < d.resultReveal) return RoundPhase.ResultReveal;
            return RoundPhase.Acceptance;
        }
        if (status == Status.Accepted) return RoundPhase.Challenge;
        if (status == Status.Disputed) return RoundPhase.Disputed;
        if (status == Status.Claimable) return RoundPhase.Claimable;
        return RoundPhase.Void;
    }

    /// @dev What `openClaims` adds and multiplies must not overflow, else a round's pool could never be paid out, and nodes
    /// must be able to fetch the next base model. Wrong weights cannot lock a pool: claims close after their period.
    function _requireValid(Round storage r, ResultSummary calldata summary) private view {
        if (summary.claimants > r.submissions.length) revert InvalidSummary("claimants");
        if (summary.qualifyingOwnStake > type(uint128).max) revert InvalidSummary("qualifyingOwnStake");
        uint64 codec = summary.model.codec;
        if (codec != CODEC_RAW && codec != CODEC_DAG_PB) revert InvalidSummary("model");
    }

    function _meetsThreshold(Round storage r, uint256 stake) private view returns (bool) {
        return stake != 0 && stake * ONE >= _policyOf(r, Param.AcceptanceThreshold) * r.revealedStake
            && r.revealedStake * ONE >= _policyOf(r, Param.ValidatorQuorum) * r.selectedStake;
    }

    function _stakeOf(Round storage r, uint256 taskMinimum, Param policyMinimum)
        private
        view
        returns (StakeSnapshot memory stake)
    {
        stake = stakeManager.stakeOf(msg.sender);
        uint256 minimum = _policyOf(r, policyMinimum);
        if (taskMinimum > minimum) minimum = taskMinimum;
        if (stake.own < minimum) revert StakeTooLow(msg.sender, stake.own, minimum);
    }

    function _effective(Round storage r, StakeSnapshot memory stake) private view returns (uint256) {
        if (stake.delegated == 0) return stake.own;
        return Settlement.effectiveStake(stake, _policyOf(r, Param.DelegationWeight));
    }

    function _policyOf(Round storage r, Param param) private view returns (uint256) {
        return policy.valueAt(param, r.policyVersion);
    }

    function _joined(Round storage r) private view returns (ValidatorEntry storage entry) {
        entry = r.entries[msg.sender];
        if (!entry.joined) revert NotValidator(msg.sender);
    }

    function _existing(uint256 taskId, uint32 round_) private view returns (Round storage) {
        if (round_ >= _rounds[taskId].length) {
            revert WrongPhase(taskId, round_, RoundPhase.Commit, RoundPhase.None);
        }
        return _rounds[taskId][round_];
    }

    function _running(uint256 taskId, uint32 round_) private view returns (Round storage r) {
        r = _existing(taskId, round_);
        if (r.status != Status.Running) revert WrongPhase(taskId, round_, RoundPhase.ResultCommit, _phase(r));
    }

    function _inPhase(uint256 taskId, uint32 round_, RoundPhase expected) private view returns (Round storage r) {
        r = _existing(taskId, round_);
        RoundPhase actual = _phase(r);
        if (actual != expected) revert WrongPhase(taskId, round_, expected, actual);
    }
}
