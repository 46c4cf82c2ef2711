// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {HostRegistry} from "../../src/host/HostRegistry.sol";
import {HostInfo, HostState, HostTerms, IHostRegistry} from "../../src/interfaces/IHostRegistry.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {Allocation} from "../../src/interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {HOLD_HOST_PERMISSION} from "../../src/permission/Permissions.sol";
import {Allocations} from "../../src/stake/Allocations.sol";
import {OperatorKeys} from "../../src/stake/OperatorKeys.sol";
import {Role} from "../../src/types/Types.sol";
import {HostTest} from "../builders/HostTest.sol";

contract HostRegistryTest is HostTest {
    function test_EnlistingBindsWhatIsAllocatedToHosting() public {
        vm.expectEmit(address(registry));
        emit IHostRegistry.HostEnlisted(node, 1, 0.5e18, 10_000e18, 5000e18);
        vm.expectEmit(address(registry));
        emit IHostRegistry.HostTermsSet(node, signer, "https://host.example", _terms().offer, 8);
        _enlisted();
        HostInfo memory h = registry.host(node);
        assertEq(uint8(h.state), uint8(HostState.Enlisted));
        assertEq(h.enlistedAt, block.timestamp);
        assertEq(h.terms.endpoint, "https://host.example");
        assertEq(h.terms.capacity, 8);
        assertEq(registry.hostCount(), 1);
        assertEq(registry.hostAt(0), node);
        assertTrue(registry.isServing(node));
        assertTrue(registry.isAccusable(node));
        assertTrue(registry.isSigner(node, signer));
        assertFalse(registry.isSigner(stranger, signer));
        _assertBound(0.5e18);
        // Allocating less, or to something else, frees nothing.
        vm.startPrank(node);
        stakeManager.allocate(HOSTING, Role.Host, 0);
        vm.stopPrank();
        _assertBound(0.5e18);
        assertEq(stakeManager.freeRatio(node), 0.5e18);
    }

    function test_AHostNeedsStakeThatItHadASecondAgo() public {
        vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, 0, Role.Host));
        vm.prank(stranger);
        registry.enlist(_terms());
        address poor = makeAddr("poor");
        _staked(poor, 4999e18, 1e18);
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostStakeTooLow.selector, 4999e18, 5000e18));
        vm.prank(poor);
        registry.enlist(_terms());
        address late = makeAddr("late");
        _staked(late, 6000e18, 0);
        vm.startPrank(late);
        stakeManager.allocate(HOSTING, Role.Host, 1e18);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, 0, Role.Host));
        registry.enlist(_terms());
        skip(1);
        registry.enlist(_terms());
        vm.stopPrank();
    }

    function test_DelegatedStakeDoesNotMakeUpForOwn() public {
        address poor = makeAddr("poor");
        _staked(poor, 100e18, 1e18);
        vm.startPrank(stranger);
        token.approve(address(stakeManager), 9000e18);
        stakeManager.delegateStake(poor, 9000e18);
        vm.stopPrank();
        skip(1);
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostStakeTooLow.selector, 100e18, 5000e18));
        vm.prank(poor);
        registry.enlist(_terms());
    }

    function test_TermsAreChecked() public {
        HostTerms memory t = _terms();
        t.endpoint = "";
        _refuses(t, abi.encodeWithSelector(IHostRegistry.EndpointLength.selector, 0, 256));
        t.endpoint = string(new bytes(257));
        _refuses(t, abi.encodeWithSelector(IHostRegistry.EndpointLength.selector, 257, 256));
        t = _terms();
        t.signer = address(0);
        _refuses(t, abi.encodeWithSelector(IHostRegistry.HostSignerInvalid.selector, address(0)));
        t.signer = address(registry);
        _refuses(t, abi.encodeWithSelector(IHostRegistry.HostSignerInvalid.selector, address(registry)));
        t = _terms();
        t.capacity = 0;
        _refuses(t, abi.encodeWithSelector(IHostRegistry.CapacityZero.selector));
        t = _terms();
        t.endpoint = string(new bytes(256));
        vm.prank(node);
        registry.enlist(t);
    }

    function test_OneEnlistmentAtATimeAndOnlyItsOwnMayChangeIt() public {
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostNotEnlisted.selector, node, HostState.None));
        vm.prank(node);
        registry.update(_terms());
        _enlisted();
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostExists.selector, node, HostState.Enlisted));
        vm.prank(node);
        registry.enlist(_terms());
        assertEq(stakeManager.allocation(node, HOSTING).readers, 1);
        HostTerms memory t = _terms();
        t.signer = makeAddr("next signer");
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostNotEnlisted.selector, stranger, HostState.None));
        vm.prank(stranger);
        registry.update(t);
        vm.prank(node);
        registry.update(t);
        assertEq(registry.host(node).terms.signer, t.signer);
        // What the signer before had signed still counts.
        assertTrue(registry.isSigner(node, signer));
        assertTrue(registry.isSigner(node, t.signer));
        assertTrue(registry.answersFor(node, t.signer));
        assertFalse(registry.answersFor(node, signer));
        // The key on the machine that serves decides over nothing.
        assertFalse(registry.actsFor(node, t.signer));
        assertTrue(registry.actsFor(node, node));
        assertTrue(registry.answersFor(node, node));
        assertFalse(registry.answersFor(node, stranger));
    }

    function test_AnOperatorActsForItsNode() public {
        address operator = makeAddr("operator");
        vm.prank(node);
        stakeManager.offerOperator(operator);
        vm.prank(operator);
        stakeManager.acceptOperator(node);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.OperatorActs.selector, node, operator));
        vm.prank(node);
        registry.enlist(_terms());
        vm.prank(operator);
        assertEq(registry.enlist(_terms()), node);
        assertTrue(registry.actsFor(node, operator));
        assertTrue(registry.answersFor(node, operator));
        vm.prank(operator);
        registry.resign();
        assertEq(uint8(registry.host(node).state), uint8(HostState.Left));
    }

    function test_StakeStaysBoundUntilNoCaseCanBeOpenedAndNoneIs() public {
        _enlisted();
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostCasesEnd.selector, node, 0));
        registry.release(node);
        uint40 end = uint40(block.timestamp + 3 days);
        vm.expectEmit(address(registry));
        emit IHostRegistry.HostLeft(node, end);
        vm.prank(node);
        registry.resign();
        assertFalse(registry.isServing(node));
        assertTrue(registry.isAccusable(node));
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostExists.selector, node, HostState.Left));
        vm.prank(node);
        registry.enlist(_terms());
        vm.prank(address(cases));
        registry.hold(node);
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostCasesEnd.selector, node, end));
        registry.release(node);
        vm.warp(end);
        assertFalse(registry.isAccusable(node));
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostHolds.selector, node, 1));
        registry.release(node);
        _assertBound(0.5e18);
        vm.prank(address(cases));
        registry.letGo(node);
        vm.expectEmit(address(registry));
        emit IHostRegistry.HostReleased(node);
        registry.release(node);
        _assertBound(0);
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostCasesEnd.selector, node, 0));
        registry.release(node);
        _enlisted();
        assertEq(registry.host(node).enlistment, 2);
        assertEq(registry.hostCount(), 1);
    }

    function test_OnlyWhoMayHoldsAHost() public {
        _enlisted();
        vm.expectRevert(_unauthorized(stranger));
        vm.prank(stranger);
        registry.hold(node);
        vm.expectRevert(_unauthorized(node));
        vm.prank(node);
        registry.letGo(node);
        vm.expectRevert(_unauthorized(stranger));
        vm.prank(stranger);
        registry.lower(node, 1);
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostNotEnlisted.selector, stranger, HostState.None));
        vm.prank(address(cases));
        registry.hold(stranger);
    }

    function test_WhoTakesItsStakeAwayIsStruckOff() public {
        _enlisted();
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostSecured.selector, node, 10_000e18, 5000e18));
        registry.strike(node);
        vm.prank(node);
        stakeManager.requestUnstake(node, 10_001e18);
        assertFalse(registry.isServing(node));
        vm.expectEmit(address(registry));
        emit IHostRegistry.HostStruck(node, 4999.5e18, 5000e18);
        registry.strike(node);
        assertEq(uint8(registry.host(node).state), uint8(HostState.Left));
        _assertBound(0.5e18);
    }

    function test_ARaisedMinimumStrikesNobodyOff() public {
        _enlisted();
        _setPolicy(Param.MinHostStake, 15_000e18);
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostSecured.selector, node, 10_000e18, 5000e18));
        registry.strike(node);
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostStakeTooLow.selector, 10_000e18, 15_000e18));
        vm.prank(node);
        registry.renew();
    }

    function test_RenewingBindsMoreAndNeverLess() public {
        _enlisted();
        vm.prank(node);
        stakeManager.allocate(HOSTING, Role.Host, 0.8e18);
        skip(1);
        vm.expectEmit(address(registry));
        emit IHostRegistry.HostRenewed(node, 0.8e18, 16_000e18, 5000e18);
        vm.prank(node);
        registry.renew();
        _assertBound(0.8e18);
        vm.prank(node);
        stakeManager.allocate(HOSTING, Role.Host, 0.3e18);
        skip(1);
        vm.prank(node);
        registry.renew();
        assertEq(registry.host(node).bound, 16_000e18);
        assertEq(registry.host(node).ratio, 0.8e18);
        _assertBound(0.8e18);
    }

    function test_AnswersAreBoundToChainAndRegistry() public {
        bytes32 digest = registry.answerDigest(_answer("right", 1));
        HostRegistry other = new HostRegistry(address(dao), address(policy), address(stakeManager));
        assertNotEq(other.answerDigest(_answer("right", 1)), digest);
        vm.chainId(2);
        assertNotEq(registry.answerDigest(_answer("right", 1)), digest);
    }

    function test_AddressesAreNotZero() public {
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new HostRegistry(address(dao), address(0), address(stakeManager));
    }

    function _refuses(HostTerms memory t, bytes memory error_) private {
        vm.expectRevert(error_);
        vm.prank(node);
        registry.enlist(t);
    }

    /// @dev 0 where nothing reads it.
    function _assertBound(uint64 ratio) private view {
        Allocation memory a = stakeManager.allocation(node, HOSTING);
        assertEq(a.bound, ratio);
        assertEq(a.readers, ratio == 0 ? 0 : 1);
    }

    function _unauthorized(address who) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            DaoAuthorized.DaoUnauthorized.selector, address(dao), address(registry), who, HOLD_HOST_PERMISSION
        );
    }
}
