// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {RoundSettlement} from "../../src/reward/RoundSettlement.sol";
import {Ranking, ResultSummary, Role, VoidReason} from "../../src/types/Types.sol";
import {PaidRoundTest} from "../builders/PaidRoundTest.sol";

/// @dev Rounds from which anybody is left out in any way that there is, beside the same round with everybody.
abstract contract SomeLeftOutTest is PaidRoundTest {
    uint256 private constant TRAINERS = 4;

    enum Trainer {
        There,
        NotCommitted,
        NotRevealed,
        Missing,
        Invalid
    }

    enum Validator {
        There,
        Silent,
        WithoutResult,
        WithAnotherResult
    }

    /// @dev A bit for each submission that earns nothing.
    uint256 internal excluded;
    Trainer[TRAINERS] private trainersAre;
    Validator[4] private validatorsAre;

    function test_WhoeverIsLeftOut() public {
        vm.pauseGasMetering();
        uint256[] memory stakes = new uint256[](TRAINERS);
        for (uint256 i; i < TRAINERS; ++i) {
            stakes[i] = (1 + i) * 1000;
        }
        _roundWith(stakes);
        uint256 state = vm.snapshotState();
        _scorable();
        _paid(_summary());
        uint256 toTrainers = _payOfTrainers();
        uint256[4] memory toValidators = _paysOfValidators();
        assertGt(toTrainers, 0);
        uint256 paid;
        for (uint256 world; world < 200; ++world) {
            vm.revertToState(state);
            // From outside, so that each world's memory is given back.
            if (!this.playWithSomeLeftOut(uint256(keccak256(abi.encode(world))))) continue;
            ++paid;
            uint256[4] memory pays = _paysOfValidators();
            for (uint256 v; v < 4; ++v) {
                assertLe(pays[v], toValidators[v], "a validator has more");
            }
            if (_ranking() == Ranking.Loss) assertLe(_payOfTrainers(), toTrainers, "trainers have more");
            assertLe(_payOfTrainers(), distributor.rewards(taskId, round).trainersPart, "more than the trainers' part");
        }
        assertGt(paid, 100, "too few rounds paid to say anything");
    }

    /// @return paid Whether the round had an end that pays; of a void one nobody has anything.
    function playWithSomeLeftOut(uint256 random) external returns (bool paid) {
        for (uint256 i; i < TRAINERS; ++i) {
            // Half of them are there.
            uint256 how = (random >> (8 * i)) % 8;
            trainersAre[i] = Trainer(how > uint256(type(Trainer).max) ? 0 : how);
            how = (random >> (8 * i + 128)) % 8;
            validatorsAre[i] = Validator(how > uint256(type(Validator).max) ? 0 : how);
        }
        _draw(Role.Trainer);
        for (uint256 i; i < TRAINERS; ++i) {
            if (trainersAre[i] != Trainer.NotCommitted) _commit(i);
        }
        _toReveal();
        uint256 missing;
        for (uint256 i; i < TRAINERS; ++i) {
            if (trainersAre[i] == Trainer.NotCommitted || trainersAre[i] == Trainer.NotRevealed) continue;
            if (trainersAre[i] == Trainer.Missing) missing |= 1 << revealed.length;
            if (trainersAre[i] == Trainer.Invalid) excluded |= 1 << revealed.length;
            _reveal(i);
        }
        if (revealed.length == 0) {
            _toValidatorDraw();
            _expectVoided(VoidReason.NoSubmissions);
            return false;
        }
        _draw(Role.Validator);
        // 15 of 26 seats lack what is missing, where they say so.
        for (uint256 v; v < 4; ++v) {
            if (validatorsAre[v] != Validator.Silent) _commitAttestation(v, false, v > 1 ? missing : 0);
        }
        _toAttestReveal();
        for (uint256 v; v < 4; ++v) {
            if (validatorsAre[v] != Validator.Silent) _revealAttestation(v, false, v > 1 ? missing : 0);
        }
        _toKey();
        VoidReason reason = attestations.failure(taskId, round);
        if (reason != VoidReason.None) {
            _expectRepeated(reason);
            return false;
        }
        excluded |= ~attestations.countedBitmap(taskId, round)[0];
        _keyPublished();
        _toResultCommit();
        return _decided(_leaves().length == 0 ? _withoutClaims(_summary()) : _summary());
    }

    function _decided(ResultSummary memory truth) private returns (bool) {
        ResultSummary memory other = abi.decode(abi.encode(truth), (ResultSummary));
        other.documentDigest = keccak256("another result that pays the same");
        for (uint256 v; v < 4; ++v) {
            if (validatorsAre[v] == Validator.There) _commitResult(v, truth);
            if (validatorsAre[v] == Validator.WithAnotherResult) _commitResult(v, other);
        }
        _toResultReveal();
        for (uint256 v; v < 4; ++v) {
            if (validatorsAre[v] == Validator.There) _revealResult(v, truth);
            if (validatorsAre[v] == Validator.WithAnotherResult) _revealResult(v, other);
        }
        _toAcceptance();
        bytes32 leading = results.roundResult(taskId, round).leading;
        if (leading == bytes32(0)) {
            _expectVoided(VoidReason.NoResults);
            return false;
        }
        ResultSummary memory stands = leading == _hash(truth) ? truth : other;
        _finalized(stands);
        _claimed(stands);
        return true;
    }

    /// @dev Who is excluded has no rank either: those behind it move up.
    function _leaves() internal view override returns (TrainerLeaf[] memory leaves) {
        leaves = super._leaves();
        uint256 ratio = policy.valueAt(Param.RankRatio, _info().policyVersion);
        uint256 next = 1e18;
        uint256 count;
        for (uint256 i; i < leaves.length; ++i) {
            if (excluded >> i & 1 == 1) continue;
            TrainerLeaf memory leaf = leaves[i];
            if (_ranking() == Ranking.Loss) {
                (leaf.weight, next) = RoundSettlement.span(next, _seatsOf(leaf.node), ratio);
            }
            leaves[count++] = leaf;
        }
        assembly ("memory-safe") {
            mstore(leaves, count)
        }
    }

    function _payOfTrainers() private view returns (uint256 sum) {
        for (uint256 i; i < trainers.length; ++i) {
            sum += _payOf(trainers[i]);
        }
    }

    function _paysOfValidators() private view returns (uint256[4] memory pays) {
        for (uint256 v; v < 4; ++v) {
            pays[v] = _payOf(validators[v]);
        }
    }
}

/// @dev What an excluded, silent or absent participant would have earned is carried, never shared among the others.
contract LeavingOthersOutRaisesNobodysPayTest is SomeLeftOutTest {
    function test_AnAbsentValidatorsPayIsCarried() public {
        _roundWith(_list(1000, 2000, 3000));
        _scorable();
        uint256 state = vm.snapshotState();
        _paid(_summary());
        uint256[7] memory all = _pays();
        vm.revertToState(state);
        ResultSummary memory truth = _summary();
        for (uint256 v = 1; v < 4; ++v) {
            _commitResult(v, truth);
        }
        _toResultReveal();
        for (uint256 v = 1; v < 4; ++v) {
            _revealResult(v, truth);
        }
        _toAcceptance();
        _finalized(truth);
        _claimed(truth);
        uint256[7] memory without = _pays();
        for (uint256 i; i < 7; ++i) {
            assertEq(without[i], i == 3 ? 0 : all[i]);
        }
    }

    function test_ATrainerThatIsLeftOutRaisesNoValidatorsPayAndNoBetterTrainers() public {
        _roundWith(_list(1000, 2000, 3000));
        _scorable();
        uint256 state = vm.snapshotState();
        _paid(_summary());
        uint256[7] memory all = _pays();
        vm.revertToState(state);
        // The last in the order, which has half of the seats.
        excluded = 4;
        _paid(_summary());
        uint256[7] memory without = _pays();
        for (uint256 i; i < 7; ++i) {
            assertEq(without[i], i == 2 ? 0 : all[i]);
        }
    }

    function test_SeatsThatNobodyDrewOrUsedAreCarried() public {
        // The third trainer has half of the seats and does nothing with them.
        _roundWith(_list(1000, 2000, 3000));
        _draw(Role.Trainer);
        _commit(0);
        _commit(1);
        _toReveal();
        _reveal(0);
        _reveal(1);
        _draw(Role.Validator);
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
        _paid(_summary());
        uint256 part = distributor.rewards(taskId, round).trainersPart;
        uint256 weights = 1e18 + 0.9e18 + 0.81e18 + 0.729e18 + 0.6561e18 + 0.59049e18;
        assertEq(_payOf(trainers[0]), part * 1e18 / weights);
        assertEq(_payOf(trainers[1]), part * (0.9e18 + 0.81e18) / weights);
    }

    /// @dev Of three trainers, then of four validators.
    function _pays() private view returns (uint256[7] memory pays) {
        for (uint256 i; i < 7; ++i) {
            pays[i] = _payOf(i < 3 ? trainers[i] : validators[i - 3]);
        }
    }
}

/// @dev By contribution trainers share what all of them gave, so one that is left out raises others of its own role, never the
/// validators.
contract LeavingContributorsOutRaisesNoValidatorsPayTest is SomeLeftOutTest {
    function _ranking() internal pure override returns (Ranking) {
        return Ranking.Contribution;
    }
}
