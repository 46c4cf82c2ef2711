// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Change, Param} from "../../src/interfaces/IPolicy.sol";
import {IRewardDistributor, Payout, RoundRewards, TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {
    PAY_OUT_PERMISSION,
    RETURN_BUDGET_PERMISSION,
    ROUND_STEP_PERMISSION
} from "../../src/permission/Permissions.sol";
import {RewardDistributor} from "../../src/reward/RewardDistributor.sol";
import {Results} from "../../src/round/Results.sol";
import {TaskId} from "../../src/types/Ids.sol";
import {Ranking, ResultSummary, Role, TaskTerms} from "../../src/types/Types.sol";
import {GoldenCase, GoldenNodes, GoldenPolicy, GoldenVectors} from "../builders/GoldenCase.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";
import {PlacedResults} from "../builders/PlacedResults.sol";

/// @dev Every golden case as a round of the real contracts: nodes with that own and delegated stake and that commission, that
/// policy, a budget of exactly those parts, a task with that ranking and creation stake; everybody joins, and after the
/// round everybody really claims. Each payout has to be the expected one to the wei. The cases fix the seats, which a draw
/// would not give: they are written where submissions and results keep them.
contract GoldenCasesPaidByRealClaimsTest is RoundTest, GoldenVectors {
    PlacedResults private placed;
    uint256[] private weights;
    uint256[] private seats;
    Ranking private ranking;

    function setUp() public override {
        super.setUp();
        placed = new PlacedResults(
            address(dao),
            address(token),
            address(policy),
            address(taskManager),
            address(roundManager),
            address(submissions),
            address(attestations)
        );
        results = Results(address(placed));
        distributor = new RewardDistributor(
            address(dao),
            address(token),
            address(policy),
            address(taskManager),
            address(roundManager),
            address(submissions),
            address(placed),
            address(stakeManager)
        );
        dao.grant(address(taskManager), address(distributor), PAY_OUT_PERMISSION);
        dao.grant(address(taskManager), address(distributor), RETURN_BUDGET_PERMISSION);
        // What joins the common part, and that the round is paid, is said by the test.
        dao.grant(address(taskManager), address(this), RETURN_BUDGET_PERMISSION);
        dao.grant(address(roundManager), address(this), ROUND_STEP_PERMISSION);
    }

    function test_GoldenCases0To9() public {
        _cases(0, 10);
    }

    function test_GoldenCases10To19() public {
        _cases(10, 20);
    }

    function test_GoldenCases20To29() public {
        _cases(20, 30);
    }

    function test_GoldenCases30To39() public {
        _cases(30, GOLDEN_CASES);
    }

    function _cases(uint256 from, uint256 to) private {
        vm.pauseGasMetering();
        uint256 clean = vm.snapshotState();
        for (uint256 i = from; i < to; ++i) {
            // A call of its own for each case, for memory is only freed at the end of a call.
            this.play(i);
            vm.revertToState(clean);
        }
    }

    function play(uint256 index) external {
        GoldenCase memory c = _golden(index);
        ranking = c.byLoss ? Ranking.Loss : Ranking.Contribution;
        _setGoldenPolicy(c.policy);
        _proposed(c);
        _nodes("trainer", c.trainers, trainers, Role.Trainer);
        _nodes("validator", c.validators, validators, Role.Validator);
        if (trainers.length == 0) {
            // A round needs a candidate of each role. One that submits nothing changes nothing of the settlement.
            trainers.push(makeAddr("a trainer without a submission"));
            _stake(trainers[0], 1e18);
            _allocate(trainers[0], taskId, Role.Trainer, 1e18);
        }
        // Commissions are announced; what is in force as the round opens counts.
        vm.warp(block.timestamp + policy.latest(Param.CommissionNotice));
        _openRound();
        _draw(Role.Trainer);
        _draw(Role.Validator);
        _placeAll(c);
        _toAcceptance();
        roundManager.markAccepted(taskId, round, uint40(block.timestamp));
        roundManager.finalize(taskId, round);
        _claimAll(c);
    }

    /// @dev Seats of the case, and the agreement on its result.
    function _placeAll(GoldenCase memory c) private {
        weights = _goldenWeights(c);
        seats = c.trainers.seats;
        for (uint256 i; i < weights.length; ++i) {
            if (seats[i] != 0) _placeSubmission(trainers[i], i, seats[i]);
        }
        bytes32 truth = _hash(_summaryOfCase());
        for (uint256 v; v < c.validators.own.length; ++v) {
            bytes32 said = c.validators.paid[v] ? truth : keccak256("a lie");
            placed.place(taskId, round, validators[v], said, uint16(c.validators.seats[v]));
        }
        placed.decide(taskId, round, truth, uint128(c.stakeBehind));
    }

    function _claimAll(GoldenCase memory c) private {
        _openClaims(_summaryOfCase());
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertEq(r.units, c.pool - c.common, c.path);
        assertEq(r.common, c.common, c.path);
        assertEq(r.fee, c.fee, c.path);
        // What is left for later is rounding: of each claim a wei, and of trainers 1e-18 of their part besides.
        assertLe(r.carried, c.carried, c.path);
        uint256 rounding = r.claimsLeft + weights.length * (r.trainersPart / 1e18 + 1);
        assertLe(c.carried - r.carried, rounding, c.path);
        TrainerLeaf[] memory leaves = _leaves();
        for (uint256 i; i < leaves.length; ++i) {
            _checkTrainer(c, leaves, i);
        }
        for (uint256 i; i < c.validators.own.length; ++i) {
            if (c.validators.paid[i]) _checkValidator(c, i);
        }
        r = distributor.rewards(taskId, round);
        assertEq(r.claimsLeft, 0, c.path);
        assertEq(r.carried, c.carried, c.path);
        assertEq(taskManager.task(taskId).value + taskManager.task(taskId).common, c.carried, c.path);
        assertEq(token.balanceOf(address(dao)), c.fee, c.path);
    }

    function _checkTrainer(GoldenCase memory c, TrainerLeaf[] memory leaves, uint256 i) private {
        Payout memory expected = c.trainers.expected[leaves[i].index];
        uint256 held = stakeManager.rewardsHeld();
        uint256 had = token.balanceOf(leaves[i].node);
        bytes32[] memory proof = Merkle.proof(leaves, i);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.TrainerClaimed(taskId, round, leaves[i].node, expected);
        distributor.claimTrainer(taskId, round, leaves[i], proof);
        assertEq(token.balanceOf(leaves[i].node) - had, expected.unlocked, c.path);
        assertEq(stakeManager.rewardsHeld() - held, expected.delegators, c.path);
        assertEq(distributor.vesting(taskId, round, leaves[i].node).total, expected.vesting, c.path);
    }

    function _checkValidator(GoldenCase memory c, uint256 i) private {
        Payout memory expected = c.validators.expected[i];
        uint256 held = stakeManager.rewardsHeld();
        uint256 had = token.balanceOf(validators[i]);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.ValidatorClaimed(taskId, round, validators[i], expected);
        distributor.claimValidator(taskId, round, validators[i]);
        assertEq(token.balanceOf(validators[i]) - had, expected.node, c.path);
        assertEq(stakeManager.rewardsHeld() - held, expected.delegators, c.path);
    }

    /// @dev Leaves of positive weight only; an index is a place in the vectors.
    function _leaves() internal view override returns (TrainerLeaf[] memory leaves) {
        leaves = new TrainerLeaf[](weights.length);
        uint256 count;
        for (uint256 i; i < weights.length; ++i) {
            if (weights[i] != 0) leaves[count++] = TrainerLeaf(uint32(i), trainers[i], weights[i]);
        }
        assembly ("memory-safe") {
            mstore(leaves, count)
        }
    }

    function _summaryOfCase() private view returns (ResultSummary memory s) {
        TrainerLeaf[] memory leaves = _leaves();
        s.claimsRoot = Merkle.root(leaves);
        s.claimants = uint32(leaves.length);
        for (uint256 i; i < leaves.length; ++i) {
            s.sumWeights += leaves[i].weight;
            s.paidSeats += uint32(seats[leaves[i].index]);
        }
        s.trainersRatio = _trainersRatio(leaves, s.sumWeights);
    }

    /// @dev A revealed submission's word (see Submissions): index 16 at 64 | seats 16 at 48 | block 40 at 8 | REVEALED.
    function _placeSubmission(address node, uint256 index, uint256 seats_) private {
        bytes32 ofTask = keccak256(abi.encode(taskId, uint256(1)));
        bytes32 ofRound = keccak256(abi.encode(round, ofTask));
        uint256 word = index << 64 | seats_ << 48 | block.number << 8 | 2;
        vm.store(address(submissions), keccak256(abi.encode(node, ofRound)), bytes32(word));
        assertEq(submissions.submission(taskId, round, node).seats, seats_);
    }

    function _proposed(GoldenCase memory c) private {
        taskId = _propose(1);
        uint256 more = c.creationStake - policy.latest(Param.CreationStake);
        if (more != 0) {
            _give(creator, more);
            vm.startPrank(creator);
            token.approve(address(taskManager), more);
            taskManager.raiseCreationStake(taskId, more);
            vm.stopPrank();
        }
        if (c.pool != c.common) _fund(taskId, funder, c.pool - c.common);
        if (c.common != 0) {
            _give(address(taskManager), c.common);
            taskManager.addCommon(taskId, c.common);
        }
        _approve(taskId);
    }

    function _nodes(string memory name, GoldenNodes memory nodes, address[] storage list, Role role) private {
        address delegator = makeAddr("delegator");
        for (uint256 i; i < nodes.own.length; ++i) {
            address node = makeAddr(string.concat(name, vm.toString(i)));
            list.push(node);
            _stake(node, nodes.own[i]);
            _allocate(node, taskId, role, 1e18);
            if (nodes.delegated[i] != 0) _delegateStake(node, delegator, nodes.delegated[i]);
            vm.prank(node);
            stakeManager.setCommission(uint64(nodes.commission[i]));
        }
    }

    /// @dev The vectors have stakes below the usual minima.
    function _proposeTerms() private view returns (TaskTerms memory terms) {
        terms = _terms(1);
        terms.ranking = ranking;
        terms.minTrainerStake = 1e18;
        terms.minValidatorStake = 1e18;
    }

    function _propose(uint16) internal override returns (TaskId) {
        return _proposeWith(_proposeTerms());
    }

    function _setGoldenPolicy(GoldenPolicy memory p) private {
        Change[] memory changes = new Change[](15);
        changes[0] = Change(Param.RoundFee, p.roundFee);
        changes[1] = Change(Param.TrainerShare, p.trainerShare);
        changes[2] = Change(Param.RankRatio, p.rankRatio);
        changes[3] = Change(Param.DelegationWeight, p.delegationWeight);
        changes[4] = Change(Param.UnlockRatio, p.unlockRatio);
        changes[5] = Change(Param.SecurityRatio, p.securityRatio);
        changes[6] = Change(Param.CreationRatio, p.creationRatio);
        changes[7] = Change(Param.TrainerSeats, p.trainerSeats);
        changes[8] = Change(Param.ValidatorSeats, p.validatorSeats);
        changes[9] = Change(Param.MinTrainerStake, 1e18);
        changes[10] = Change(Param.MinValidatorStake, 1e18);
        changes[11] = Change(Param.MinDelegation, 1);
        changes[12] = Change(Param.MaxCommission, 1e18);
        changes[13] = Change(Param.CreationStake, 1e18);
        changes[14] = Change(Param.MinRoundPool, 0);
        vm.prank(address(dao));
        policy.set(changes);
        vm.warp(policy.effectiveAt(policy.announcedVersion()));
    }
}
