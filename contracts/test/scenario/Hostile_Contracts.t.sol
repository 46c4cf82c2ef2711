// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {CaseState, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {ISlashReceiver} from "../../src/interfaces/IStakeManager.sol";
import {SLASH_PERMISSION} from "../../src/permission/Permissions.sol";
import {StakeManager} from "../../src/stake/StakeManager.sol";
import {CaseId} from "../../src/types/Ids.sol";
import {ResultSummary} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Contracts that misbehave wherever Covey calls out. The token is a plain ERC-20 without hooks, so receiving tokens
/// gives nobody control; what is called is the receiver of a slash (granted by the DAO), and the DAO for permissions.
contract HostileContractsTest is RoundTest {
    address private delegator = makeAddr("delegator");
    address private node;
    HostileReceiver private receiver;

    function setUp() public override {
        super.setUp();
        node = makeAddr("validator0");
        _stake(node, 5000e18);
        _delegateStake(node, delegator, 1000e18);
        receiver = new HostileReceiver(stakeManager, node, delegator);
        dao.grant(address(stakeManager), address(receiver), SLASH_PERMISSION);
    }

    function test_AReceiverThatReentersTheStakeManagerIsRefusedAndHoldsNobodyBack() public {
        receiver.slash(600e18);
        receiver.setMode(HostileReceiver.Mode.Reenter);
        assertEq(stakeManager.collect(node, delegator, 16), 100e18);
        // What it was sent is all it has got: it could neither collect again nor send anybody's stake.
        assertEq(token.balanceOf(address(receiver)), 600e18);
        assertEq(stakeManager.uncollected(), 0);
        _delegatorLeaves(900e18);
    }

    function test_AReceiverThatBurnsAllItsGasHoldsNobodyBack() public {
        receiver.slash(600e18);
        receiver.setMode(HostileReceiver.Mode.BurnGas);
        _delegatorLeaves(900e18);
    }

    function test_AReceiverThatRefusesHoldsNobodyBack() public {
        receiver.slash(600e18);
        receiver.setMode(HostileReceiver.Mode.Refuse);
        _delegatorLeaves(900e18);
    }

    function test_AReceiverThatReentersWhileItSlashesUndoesItsOwnSlash() public {
        receiver.setMode(HostileReceiver.Mode.Reenter);
        vm.expectRevert(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        receiver.slash(600e18);
        assertEq(stakeManager.stakeOf(node).own, 5000e18);
    }

    function test_AReporterAndACreatorThatAreContractsGetTheirTokensAndNoControl() public {
        HostileParticipant hostile = new HostileParticipant();
        _liedTo(address(hostile));
        vm.warp(court.slashCase(CaseId.wrap(1)).appealEnd);
        court.execute(CaseId.wrap(1));
        assertEq(uint8(court.slashCase(CaseId.wrap(1)).state), uint8(CaseState.Executed));
        assertGt(token.balanceOf(address(hostile)), 0);
        assertEq(hostile.calls(), 0);
    }

    function _liedTo(address reporter) private {
        taskId = _approvedTask(2, 100_000e18);
        _staked(2, 4);
        _openRound();
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, _lie(), 1);
        _finalized(truth);
        _report(reporter, validators[3], Reason.ResultMismatch);
    }

    function _delegatorLeaves(uint256 expected) private {
        (uint256 active,) = stakeManager.worth(node, delegator);
        vm.prank(delegator);
        stakeManager.requestUnstake(node, active);
        vm.warp(stakeManager.position(node, delegator).availableAt);
        stakeManager.withdraw(node, delegator);
        assertEq(token.balanceOf(delegator), expected);
    }
}

contract HostileReceiver is ISlashReceiver {
    enum Mode {
        Behave,
        Reenter,
        BurnGas,
        Refuse
    }

    StakeManager private immutable STAKE_MANAGER;
    address private immutable NODE;
    address private immutable DELEGATOR;
    Mode private mode;

    constructor(StakeManager stakeManager, address node, address delegator) {
        STAKE_MANAGER = stakeManager;
        NODE = node;
        DELEGATOR = delegator;
    }

    function setMode(Mode mode_) external {
        mode = mode_;
    }

    function slash(uint256 amount) external {
        STAKE_MANAGER.slash(NODE, amount, 1);
    }

    function onSlashCollected(uint256, uint256) external {
        if (mode == Mode.Reenter) STAKE_MANAGER.collect(NODE, DELEGATOR, 16);
        if (mode == Mode.Refuse) revert("no");
        while (mode == Mode.BurnGas) {}
    }
}

/// @dev Would notice any call.
contract HostileParticipant {
    uint256 public calls;

    fallback() external payable {
        ++calls;
    }
}
