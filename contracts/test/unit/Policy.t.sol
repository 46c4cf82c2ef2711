// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Change, IPolicy, Param, ParamDescription} from "../../src/interfaces/IPolicy.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {SET_POLICY_PERMISSION, SET_SCORER_PERMISSION} from "../../src/permission/Permissions.sol";
import {Policy} from "../../src/policy/Policy.sol";
import {CoveyTest} from "../builders/CoveyTest.sol";

contract PolicyTest is CoveyTest {
    function test_StartsAtVersionOneWithTheValuesGiven() public view {
        assertEq(policy.version(), 1);
        assertEq(policy.scorer(), SCORER);
        uint256[] memory values = policy.valuesAt(1);
        assertEq(values, policy.defaults());
        assertEq(values.length, policy.paramCount());
        assertEq(policy.latest(Param.VestingDuration), 30 days);
    }

    function test_EveryDefaultIsInsideItsBoundsAndEveryParamIsDescribed() public view {
        uint256[] memory values = policy.defaults();
        for (uint256 i; i < values.length; ++i) {
            ParamDescription memory d = policy.describe(Param(i));
            assertGt(bytes(d.name).length, 0);
            assertGt(bytes(d.unit).length, 0);
            assertGt(bytes(d.meaning).length, 0);
            assertLe(d.min, values[i], d.name);
            assertGe(d.max, values[i], d.name);
        }
    }

    /// @dev `describe` shows the bounds that `set` enforces, at both ends, for every number.
    function test_EveryBoundOfTheCatalogueIsEnforced() public {
        for (uint256 i; i < policy.paramCount(); ++i) {
            ParamDescription memory d = policy.describe(Param(i));
            _expectOutOfBounds(Param(i), d.max + 1, d);
            if (d.min > 0) _expectOutOfBounds(Param(i), d.min - 1, d);
        }
    }

    function test_BoundsLoopsAndSums() public view {
        assertLe(policy.describe(Param.MaxTrainers).max, 256);
        assertEq(policy.describe(Param.MaxValidators).max, 32);
        assertEq(policy.describe(Param.Gamma).max, 0.5e18);
        assertEq(policy.describe(Param.TrainerStakeQuarterPower).max, 4);
        assertGt(policy.describe(Param.AcceptanceThreshold).min, 0.5e18);
    }

    function test_AChangeMakesAVersionAndLeavesTheOldOnesAsTheyWere() public {
        vm.expectEmit();
        emit IPolicy.PolicyChanged(2, Param.RankRatio, 0.9e18, 0.8e18);
        _setPolicy(Param.RankRatio, 0.8e18);
        _setPolicy(Param.Gamma, 0.25e18);
        assertEq(policy.version(), 3);
        assertEq(policy.valueAt(Param.RankRatio, 1), 0.9e18);
        assertEq(policy.valueAt(Param.RankRatio, 2), 0.8e18);
        assertEq(policy.valueAt(Param.RankRatio, 3), 0.8e18);
        assertEq(policy.valueAt(Param.Gamma, 2), 0);
        assertEq(policy.latest(Param.Gamma), 0.25e18);
        assertEq(policy.valuesAt(2)[uint256(Param.RankRatio)], 0.8e18);
        assertEq(policy.scorerAt(3), SCORER);
    }

    function test_AScorerMakesAVersion() public {
        bytes32 next = keccak256("next");
        vm.expectEmit();
        emit IPolicy.ScorerChanged(2, SCORER, next);
        vm.prank(address(dao));
        policy.setScorer(next);
        assertEq(policy.version(), 2);
        assertEq(policy.scorerAt(1), SCORER);
        assertEq(policy.scorer(), next);
        assertEq(policy.valueAt(Param.RankRatio, 2), 0.9e18);
    }

    function test_RefusesUnknownVersions() public {
        vm.expectRevert(abi.encodeWithSelector(IPolicy.UnknownVersion.selector, 2, 1));
        policy.valueAt(Param.Gamma, 2);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.UnknownVersion.selector, 0, 1));
        policy.valuesAt(0);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.UnknownVersion.selector, 9, 1));
        policy.scorerAt(9);
    }

    function test_RefusesNothingAndAZeroScorer() public {
        vm.startPrank(address(dao));
        vm.expectRevert(IPolicy.NoChanges.selector);
        policy.set(new Change[](0));
        vm.expectRevert(IPolicy.ZeroScorer.selector);
        policy.setScorer(bytes32(0));
        vm.stopPrank();
    }

    function test_WindowsMustAgree() public {
        Change[] memory changes = new Change[](2);
        changes[0] = Change(Param.MinWindow, 2 hours);
        changes[1] = Change(Param.MaxWindow, 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.InconsistentWindows.selector, 2 hours, 1 hours));
        vm.prank(address(dao));
        policy.set(changes);
    }

    function test_TheCooldownMustOutlastTheLongestRoundWithItsDisputeAndAppeal() public {
        uint256 needed = 6 * 7 days + 1 days + 7 days + 3 days;
        _setPolicy(Param.UnstakeCooldown, needed);
        Change[] memory changes = new Change[](1);
        changes[0] = Change(Param.UnstakeCooldown, needed - 1);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.CooldownTooShort.selector, needed - 1, needed));
        vm.prank(address(dao));
        policy.set(changes);
        // Both moved in one vote is fine.
        changes = new Change[](2);
        changes[0] = Change(Param.MaxWindow, 8 days);
        changes[1] = Change(Param.UnstakeCooldown, needed + 6 days);
        vm.prank(address(dao));
        policy.set(changes);
        assertEq(policy.latest(Param.MaxWindow), 8 days);
    }

    function test_OnlyTheDaoSets() public {
        vm.startPrank(stranger);
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector, address(dao), address(policy), stranger, SET_POLICY_PERMISSION
            )
        );
        policy.set(new Change[](1));
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector, address(dao), address(policy), stranger, SET_SCORER_PERMISSION
            )
        );
        policy.setScorer(SCORER);
        vm.stopPrank();
    }

    function test_RefusesADeploymentWithTooFewValuesOrNoScorer() public {
        uint256 count = policy.paramCount();
        vm.expectRevert(abi.encodeWithSelector(IPolicy.ValueCountMismatch.selector, count, 1));
        new Policy(address(dao), SCORER, new uint256[](1));
        uint256[] memory values = policy.defaults();
        vm.expectRevert(IPolicy.ZeroScorer.selector);
        new Policy(address(dao), bytes32(0), values);
    }

    function _expectOutOfBounds(Param param, uint256 value, ParamDescription memory d) private {
        Change[] memory changes = new Change[](1);
        changes[0] = Change(param, value);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.ValueOutOfBounds.selector, param, value, d.min, d.max));
        vm.prank(address(dao));
        policy.set(changes);
    }
}
