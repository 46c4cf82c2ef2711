// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Change, Param} from "../../src/interfaces/IPolicy.sol";
import {IRewardDistributor, Payout, TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {Settlement} from "../../src/reward/Settlement.sol";
import {Seats} from "../../src/round/Seats.sol";
import {ResultSummary, StakeSnapshot, TaskTerms} from "../../src/types/Types.sol";
import {GoldenCase, GoldenNodes, GoldenPolicy, GoldenVectors} from "../builders/GoldenCase.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Every golden case as a whole round of the real contracts: nodes with that own and delegated stake and that
/// commission, that policy, a budget of exactly that pool, the validators that agreed (and those that did not) drawn,
/// attesting and revealing, and then everybody's real claim. Each payout has to be the expected one to the wei.
contract GoldenCasesPaidByRealClaimsTest is RoundTest, GoldenVectors {
    uint256[] private rankWeights;

    function test_GoldenCases0To4() public {
        _cases(0, 5);
    }

    function test_GoldenCases5To9() public {
        _cases(5, 10);
    }

    function test_GoldenCases10To14() public {
        _cases(10, 15);
    }

    function test_GoldenCases15To19() public {
        _cases(15, 20);
    }

    function test_GoldenCases20To24() public {
        _cases(20, GOLDEN_CASES);
    }

    function _cases(uint256 from, uint256 to) private {
        uint256 clean = vm.snapshotState();
        for (uint256 i = from; i < to; ++i) {
            // A call of its own for each case, for memory is only freed at the end of a call.
            this.play(i);
            vm.revertToState(clean);
        }
    }

    function play(uint256 index) external {
        GoldenCase memory c = _golden(index);
        _setGoldenPolicy(c.policy);
        _nodes("trainer", c.trainers, trainers);
        _nodes("validator", c.validators, validators);
        rankWeights = c.trainers.factor;
        if (trainers.length == 0) {
            // A round needs a submission. An invalid one changes nothing of the settlement.
            trainers.push(makeAddr("a trainer of something invalid"));
            _stake(trainers[0], 1e18);
            rankWeights.push(0);
        }
        // Commissions are announced; what is in force as the round opens counts.
        vm.warp(block.timestamp + policy.latest(Param.CommissionNotice));
        taskId = _approvedTask(1, c.pool);
        _openRound();
        _playRound(c);

        string memory name = string.concat("case ", vm.toString(index));
        uint256 budget = taskManager.task(taskId).budget;
        TrainerLeaf[] memory leaves = _leaves();
        for (uint256 i; i < leaves.length; ++i) {
            _checkTrainer(string.concat(name, " trainer ", vm.toString(leaves[i].index)), c, leaves, i);
        }
        for (uint256 i; i < c.validators.own.length; ++i) {
            if (c.validators.factor[i] != 0) _checkValidator(string.concat(name, " validator ", vm.toString(i)), c, i);
        }
        assertEq(distributor.rewards(taskId, round).claimsLeft, 0);
        assertEq(taskManager.task(taskId).budget - budget, c.carried, string.concat(name, " carried"));
    }

    /// @dev Those that agreed reveal the truth, the others a lie. Where the truth did not get the seats that it needs by
    /// itself, somebody challenges or the round is disputed, and the DAO rules.
    function _playRound(GoldenCase memory c) private {
        _toReveal();
        for (uint256 i; i < trainers.length; ++i) {
            _reveal(i);
        }
        _drawnForAll();
        _keyPublished();
        _allAttested(_everything());
        _toResultCommit();
        ResultSummary memory truth = _summary();
        ResultSummary memory lie = _lie();
        for (uint256 v; v < validators.length; ++v) {
            _commitResult(v, c.validators.factor[v] != 0 ? truth : lie);
        }
        _toResultReveal();
        for (uint256 v; v < validators.length; ++v) {
            _revealResult(v, c.validators.factor[v] != 0 ? truth : lie);
        }
        _toAcceptance();
        try roundManager.accept(taskId, round, truth) {
            vm.warp(_info().challengeEnd);
            roundManager.finalize(taskId, round);
        } catch {
            try roundManager.accept(taskId, round, lie) {
                _challenge(stranger, truth.documentDigest);
            } catch {
                bytes32[] memory hashes = new bytes32[](2);
                (hashes[0], hashes[1]) = (keccak256(abi.encode(truth)), keccak256(abi.encode(lie)));
                if (hashes[0] > hashes[1]) (hashes[0], hashes[1]) = (hashes[1], hashes[0]);
                roundManager.dispute(taskId, round, hashes);
            }
            vm.prank(address(dao));
            roundManager.rule(taskId, round, truth);
        }
        _openClaims(truth);
    }

    /// @dev Gives the drawn block a hash with which every validator has a seat, however small its stake.
    function _drawnForAll() private {
        roundManager.scheduleDraw(taskId, round);
        uint256 drawBlock = _info().drawBlock;
        vm.roll(drawBlock + 1);
        bytes32 blockHash;
        do {
            blockHash = keccak256(abi.encode(blockHash));
        } while (!_allHaveSeats(keccak256(abi.encode(blockHash, block.chainid, address(roundManager), taskId, round))));
        vm.setBlockhash(drawBlock, blockHash);
        roundManager.draw(taskId, round);
        for (uint256 v; v < validators.length; ++v) {
            assertGt(roundManager.validator(taskId, round, validators[v]).seats, 0);
        }
    }

    function _allHaveSeats(bytes32 seed) private view returns (bool) {
        uint256 total = _info().candidateStake;
        uint256 seats = _info().seats;
        uint256 end;
        for (uint256 v; v < validators.length; ++v) {
            uint256 stake = Settlement.effectiveStake(_stakeIn(validators[v]), policy.latest(Param.DelegationWeight));
            end += stake;
            if (Seats.inInterval(end, stake, total, seats, Seats.VALIDATORS, seed) == 0) return false;
        }
        return true;
    }

    function _checkTrainer(string memory name, GoldenCase memory c, TrainerLeaf[] memory leaves, uint256 i) private {
        uint256 held = stakeManager.rewardsHeld();
        uint256 had = token.balanceOf(leaves[i].node);
        bytes32[] memory proof = Merkle.proof(leaves, i);
        Payout memory expected = c.trainers.expected[leaves[i].index];
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.TrainerClaimed(taskId, round, leaves[i].node, expected);
        distributor.claimTrainer(taskId, round, leaves[i], proof);
        assertEq(token.balanceOf(leaves[i].node) - had, expected.unlocked, string.concat(name, " unlocked"));
        assertEq(stakeManager.rewardsHeld() - held, expected.delegators, string.concat(name, " delegators"));
        assertEq(
            distributor.vesting(taskId, round, leaves[i].node).total, expected.vesting, string.concat(name, " vesting")
        );
    }

    function _checkValidator(string memory name, GoldenCase memory c, uint256 i) private {
        uint256 held = stakeManager.rewardsHeld();
        uint256 had = token.balanceOf(validators[i]);
        Payout memory expected = c.validators.expected[i];
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.ValidatorClaimed(taskId, round, validators[i], expected);
        distributor.claimValidator(taskId, round, validators[i]);
        assertEq(token.balanceOf(validators[i]) - had, expected.node, string.concat(name, " node"));
        assertEq(stakeManager.rewardsHeld() - held, expected.delegators, string.concat(name, " delegators"));
    }

    /// @dev Leaves of positive weight only; trainers revealed in order, so an index is a place in the vectors.
    function _leaves() internal view override returns (TrainerLeaf[] memory leaves) {
        uint32 version = _info().policyVersion;
        uint256 power = policy.valueAt(Param.TrainerStakeQuarterPower, version);
        uint256 delegationWeight = policy.valueAt(Param.DelegationWeight, version);
        leaves = new TrainerLeaf[](trainers.length);
        uint256 count;
        for (uint256 i; i < trainers.length; ++i) {
            if (rankWeights[i] == 0) continue;
            StakeSnapshot memory stake = _stakeIn(trainers[i]);
            leaves[count++] = TrainerLeaf(
                uint32(i),
                trainers[i],
                rankWeights[i] * Settlement.stakePower(Settlement.effectiveStake(stake, delegationWeight), power),
                rankWeights[i] * Settlement.stakePower(stake.own, power)
            );
        }
        assembly ("memory-safe") {
            mstore(leaves, count)
        }
    }

    function _nodes(string memory role, GoldenNodes memory nodes, address[] storage list) private {
        address delegator = makeAddr("delegator");
        for (uint256 i; i < nodes.own.length; ++i) {
            address node = makeAddr(string.concat(role, vm.toString(i)));
            list.push(node);
            _stake(node, nodes.own[i]);
            if (nodes.delegated[i] != 0) _delegateStake(node, delegator, nodes.delegated[i]);
            if (nodes.commission[i] != 0) {
                vm.prank(node);
                stakeManager.setCommission(uint64(nodes.commission[i]));
            }
        }
    }

    /// @dev The vectors have stakes below the usual minima.
    function _terms(uint16 rounds) internal pure override returns (TaskTerms memory terms) {
        terms = super._terms(rounds);
        terms.minTrainerStake = 1e18;
        terms.minValidatorStake = 1e18;
    }

    function _setGoldenPolicy(GoldenPolicy memory p) private {
        Change[] memory changes = new Change[](12);
        changes[0] = Change(Param.Gamma, p.gamma);
        changes[1] = Change(Param.RankRatio, p.rankRatio);
        changes[2] = Change(Param.DelegationWeight, p.delegationWeight);
        changes[3] = Change(Param.TrainerStakeQuarterPower, p.trainerStakeQuarterPower);
        changes[4] = Change(Param.ValidatorStakeQuarterPower, p.validatorStakeQuarterPower);
        changes[5] = Change(Param.UnlockRatio, p.unlockRatio);
        changes[6] = Change(Param.MinTrainerStake, 1e18);
        changes[7] = Change(Param.MinValidatorStake, 1e18);
        changes[8] = Change(Param.MinDelegation, 1);
        changes[9] = Change(Param.MaxCommission, 1e18);
        changes[10] = Change(Param.ValidatorSeats, 255);
        changes[11] = Change(Param.ChallengeBond, 1e18);
        vm.prank(address(dao));
        policy.set(changes);
        vm.warp(policy.effectiveAt(policy.announcedVersion()));
    }
}
