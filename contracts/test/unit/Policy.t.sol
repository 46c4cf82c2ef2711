// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Change, IPolicy, Param, ParamDescription} from "../../src/interfaces/IPolicy.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {SET_POLICY_PERMISSION, SET_SCORER_PERMISSION} from "../../src/permission/Permissions.sol";
import {Policy} from "../../src/policy/Policy.sol";
import {TokenTest} from "../builders/TokenTest.sol";

contract PolicyTest is TokenTest {
    uint256 private constant NOTICE = 1 hours;

    function test_StartsAtVersionOneWithTheValuesGiven() public view {
        assertEq(policy.version(), 1);
        assertEq(policy.announcedVersion(), 1);
        assertEq(policy.effectiveAt(1), block.timestamp);
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
        assertEq(policy.describe(Param.TrainerSeats).max, 1024);
        assertEq(policy.describe(Param.ValidatorSeats).max, 255);
        assertEq(policy.describe(Param.CreationRatio).max, 1e18);
        assertGt(policy.describe(Param.CreationRatio).min, 0);
        assertGt(policy.describe(Param.TrainerSeats).min, 0);
        assertGt(policy.describe(Param.ValidatorSeats).min, 0);
        // TokenVoting's own minimum duration is an hour; a ruling has a day more.
        assertEq(policy.describe(Param.RulingWindow).min, 25 hours);
        assertLe(policy.describe(Param.SecurityRatio).max, policy.describe(Param.SlashResultMismatch).max * 9 / 10);
        assertLt(policy.describe(Param.EmissionDecay).max, 1e18);
        assertGt(policy.describe(Param.EmissionPeriod).min, 0);
        for (uint256 i; i < policy.paramCount(); ++i) {
            // What a table holds of each number.
            assertLt(policy.describe(Param(i)).max, 1 << 128);
        }
    }

    function test_AChangeMakesAVersionThatHoldsAfterTheNotice() public {
        uint40 from = uint40(block.timestamp + NOTICE);
        vm.expectEmit();
        emit IPolicy.VersionAnnounced(2, from);
        vm.expectEmit();
        emit IPolicy.PolicyChanged(2, Param.RankRatio, 0.9e18, 0.8e18);
        _change(Param.RankRatio, 0.8e18);
        assertEq(policy.version(), 1);
        assertEq(policy.announcedVersion(), 2);
        assertEq(policy.effectiveAt(2), from);
        assertEq(policy.latest(Param.RankRatio), 0.9e18);
        // What comes can be read before it holds.
        assertEq(policy.valueAt(Param.RankRatio, 2), 0.8e18);
        vm.warp(from - 1);
        assertEq(policy.version(), 1);
        vm.warp(from);
        assertEq(policy.version(), 2);
        assertEq(policy.latest(Param.RankRatio), 0.8e18);
    }

    function test_OldVersionsStayAsTheyWere() public {
        _setPolicy(Param.RankRatio, 0.8e18);
        _setPolicy(Param.ArenaMargin, 0.25e18);
        assertEq(policy.version(), 3);
        assertEq(policy.valueAt(Param.RankRatio, 1), 0.9e18);
        assertEq(policy.valueAt(Param.RankRatio, 2), 0.8e18);
        assertEq(policy.valueAt(Param.RankRatio, 3), 0.8e18);
        assertEq(policy.valueAt(Param.ArenaMargin, 2), 0.001e18);
        assertEq(policy.latest(Param.ArenaMargin), 0.25e18);
        assertEq(policy.valuesAt(2)[uint256(Param.RankRatio)], 0.8e18);
        assertEq(policy.scorerAt(3), SCORER);
    }

    function test_ReadsSomeValuesInTheOrderAskedFor() public {
        _change(Param.RankRatio, 0.8e18);
        Param[] memory params = new Param[](4);
        (params[0], params[1], params[2], params[3]) =
        (Param.PolicyNotice, Param.RankRatio, Param.ArenaMargin, Param.RankRatio);
        uint256[] memory before = policy.read(params, 1);
        assertEq(before.length, 4);
        assertEq(before[0], NOTICE);
        assertEq(before[1], 0.9e18);
        assertEq(before[2], 0.001e18);
        assertEq(before[3], 0.9e18);
        assertEq(policy.read(params, 2)[1], 0.8e18);
        assertEq(policy.read(new Param[](0), 2).length, 0);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.UnknownVersion.selector, 3, 2));
        policy.read(params, 3);
    }

    function test_AShorterNoticeDoesNotOvertakeWhatWasAnnouncedBefore() public {
        _setPolicy(Param.PolicyNotice, 10 days);
        // Decided while ten days hold: the change of the notice itself, and what follows while it waits.
        _change(Param.PolicyNotice, 0);
        uint40 from = policy.effectiveAt(3);
        assertEq(from, block.timestamp + 10 days);
        skip(1 days);
        _change(Param.RankRatio, 0.5e18);
        assertEq(policy.effectiveAt(4), block.timestamp + 10 days);
        vm.warp(from);
        assertEq(policy.version(), 3);
        // The notice is 0 now, but version 4 comes first.
        _change(Param.RankRatio, 0.6e18);
        assertEq(policy.effectiveAt(5), policy.effectiveAt(4));
        vm.warp(policy.effectiveAt(4));
        assertEq(policy.version(), 5);
        _change(Param.RankRatio, 0.7e18);
        assertEq(policy.version(), 6);
        assertEq(policy.latest(Param.RankRatio), 0.7e18);
    }

    /// @dev Whatever notices are decided when, the version in force is the newest whose time has come.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_TheVersionInForceIsTheNewestWhoseTimeHasCome(uint24[8] memory notices, uint24[8] memory waits)
        public
    {
        for (uint256 i; i < 8; ++i) {
            _change(Param.PolicyNotice, notices[i] % (30 days + 1));
            skip(waits[i] % 20 days);
            uint32 expected;
            for (uint32 v = 1; v <= policy.announcedVersion(); ++v) {
                if (policy.effectiveAt(v) <= block.timestamp) expected = v;
                if (v > 1) assertGe(policy.effectiveAt(v), policy.effectiveAt(v - 1));
            }
            assertEq(policy.version(), expected);
            assertEq(policy.latest(Param.PolicyNotice), policy.valueAt(Param.PolicyNotice, expected));
        }
    }

    /// @dev Each number in its own place of the table, up to its bound.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_ATableHoldsEveryNumberAsItWasSet(uint256 seed) public {
        uint256[] memory values = policy.defaults();
        for (uint256 i; i < values.length; ++i) {
            ParamDescription memory d = policy.describe(Param(i));
            values[i] = bound(uint256(keccak256(abi.encode(seed, i))), d.min, d.max);
        }
        values[uint256(Param.MinWindow)] = 1;
        values[uint256(Param.MaxWindow)] = 60;
        values[uint256(Param.UnstakeCooldown)] = 1460 days;
        values[uint256(Param.SecurityRatio)] = 0.01e18;
        Policy other = new Policy(address(dao), SCORER, values);
        assertEq(other.valuesAt(1), values);
        for (uint256 i; i < values.length; ++i) {
            assertEq(other.latest(Param(i)), values[i]);
        }
    }

    function test_AScorerMakesAVersion() public {
        bytes32 next = keccak256("next");
        vm.expectEmit();
        emit IPolicy.VersionAnnounced(2, uint40(block.timestamp + NOTICE));
        vm.expectEmit();
        emit IPolicy.ScorerChanged(2, SCORER, next);
        vm.prank(address(dao));
        policy.setScorer(next);
        assertEq(policy.scorer(), SCORER);
        assertEq(policy.scorerAt(2), next);
        skip(NOTICE);
        assertEq(policy.version(), 2);
        assertEq(policy.scorerAt(1), SCORER);
        assertEq(policy.scorer(), next);
        assertEq(policy.valueAt(Param.RankRatio, 2), 0.9e18);
    }

    function test_RefusesUnknownVersions() public {
        vm.expectRevert(abi.encodeWithSelector(IPolicy.UnknownVersion.selector, 2, 1));
        policy.valueAt(Param.ArenaMargin, 2);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.UnknownVersion.selector, 0, 1));
        policy.valuesAt(0);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.UnknownVersion.selector, 9, 1));
        policy.scorerAt(9);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.UnknownVersion.selector, 0, 1));
        policy.effectiveAt(0);
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

    function test_TheCooldownMustOutlastTheLongestRoundWithItsRepeatsRulingAndAppeal() public {
        // Eight windows, and three more for each of two further attempts; a draw of trainers and three of validators, each
        // within a beacon's window; challenge, ruling, case and appeal.
        uint256 needed = (8 + 2 * 3) * 7 days + 4 * 1 days + 1 days + 7 days + 3 days + 3 days;
        assertLe(needed, policy.latest(Param.UnstakeCooldown));
        _setPolicy(Param.UnstakeCooldown, needed);
        Change[] memory changes = new Change[](1);
        changes[0] = Change(Param.UnstakeCooldown, needed - 1);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.CooldownTooShort.selector, needed - 1, needed));
        vm.prank(address(dao));
        policy.set(changes);
        // Both moved in one vote is fine.
        changes = new Change[](2);
        changes[0] = Change(Param.MaxWindow, 8 days);
        changes[1] = Change(Param.UnstakeCooldown, needed + 14 days);
        vm.prank(address(dao));
        policy.set(changes);
        assertEq(policy.valueAt(Param.MaxWindow, 3), 8 days);
    }

    function test_EachPartOfTheLongestRoundCountsInTheCooldown() public {
        uint256 needed = 116 days;
        _setPolicy(Param.UnstakeCooldown, needed);
        Param[5] memory parts =
            [Param.BeaconWindow, Param.ChallengeWindow, Param.RulingWindow, Param.CaseWindow, Param.AppealWindow];
        uint256[5] memory times = [uint256(4), 1, 1, 1, 1];
        for (uint256 i; i < parts.length; ++i) {
            uint256 longer = policy.latest(parts[i]) + 1;
            vm.expectRevert(abi.encodeWithSelector(IPolicy.CooldownTooShort.selector, needed, needed + times[i]));
            _change(parts[i], longer);
        }
    }

    function test_ARoundPaysLessThanAFalseVerdictLoses() public {
        // 0.45 is nine tenths of 0.5.
        _setPolicy(Param.SecurityRatio, 0.45e18);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.SecurityTooHigh.selector, 0.45e18, uint256(0.5e18 - 1) * 9 / 10));
        _change(Param.SlashResultMismatch, 0.5e18 - 1);
        // Both moved in one vote is fine.
        Change[] memory changes = new Change[](2);
        changes[0] = Change(Param.SlashResultMismatch, 0.2e18);
        changes[1] = Change(Param.SecurityRatio, 0.18e18);
        vm.prank(address(dao));
        policy.set(changes);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.SecurityTooHigh.selector, 0.18e18 + 1, 0.18e18));
        _change(Param.SecurityRatio, 0.18e18 + 1);
        uint256[] memory values = policy.defaults();
        values[uint256(Param.SlashResultMismatch)] = 0.4e18;
        vm.expectRevert(abi.encodeWithSelector(IPolicy.SecurityTooHigh.selector, 0.4e18, 0.36e18));
        new Policy(address(dao), SCORER, values);
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

    function test_ADeploymentIsHeldToTheBounds() public {
        uint256[] memory values = policy.defaults();
        values[uint256(Param.EmissionDecay)] = 1e18;
        vm.expectRevert(
            abi.encodeWithSelector(IPolicy.ValueOutOfBounds.selector, Param.EmissionDecay, 1e18, 0, 0.999e18)
        );
        new Policy(address(dao), SCORER, values);
        values = policy.defaults();
        values[uint256(Param.UnstakeCooldown)] = 116 days - 1;
        vm.expectRevert(abi.encodeWithSelector(IPolicy.CooldownTooShort.selector, 116 days - 1, 116 days));
        new Policy(address(dao), SCORER, values);
    }

    function _change(Param param, uint256 value) private {
        Change[] memory changes = new Change[](1);
        changes[0] = Change(param, value);
        vm.prank(address(dao));
        policy.set(changes);
    }

    function _expectOutOfBounds(Param param, uint256 value, ParamDescription memory d) private {
        Change[] memory changes = new Change[](1);
        changes[0] = Change(param, value);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.ValueOutOfBounds.selector, param, value, d.min, d.max));
        vm.prank(address(dao));
        policy.set(changes);
    }
}
