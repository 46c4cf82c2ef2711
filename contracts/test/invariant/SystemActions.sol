// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Change, Param} from "../../src/interfaces/IPolicy.sol";
import {CaseState, Reason, SlashCase} from "../../src/interfaces/ISlashCourt.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {Lock} from "../../src/interfaces/IVoteEscrow.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {RoundActions} from "./RoundActions.sol";

/// @dev Everything else that anybody does: stake, delegate, leave, lock, move tokens and votes, emit, report and slash, decide
/// as the DAO, and try what is not allowed.
abstract contract SystemActions is RoundActions {
    uint256 internal constant DELEGATORS = 3;

    address[] internal delegators;
    /// @dev All who can hold tokens or votes.
    address[] internal accounts;
    /// @dev Those whose positions exist: all nodes, then all delegators.
    address[] internal owners;
    address[] internal nodes;

    function stakeOrDelegate(uint256 seed, uint256 amount) public {
        address node = nodes[seed % nodes.length];
        address owner = seed % 3 == 0 ? node : delegators[(seed >> 8) % DELEGATORS];
        uint256 balance = token.balanceOf(owner);
        if (balance < 10e18 || stakeManager.openCases(node) != 0) return;
        amount = _bound(amount, 10e18, balance);
        vm.startPrank(owner);
        token.approve(address(stakeManager), amount);
        // A node that lost nearly everything, or has no own stake, takes none.
        if (owner == node) {
            try stakeManager.stake(amount) {} catch {}
        } else {
            try stakeManager.delegateStake(node, amount) {} catch {}
        }
        vm.stopPrank();
    }

    function unstake(uint256 seed, uint256 amount) public {
        address node = nodes[seed % nodes.length];
        address owner = seed % 3 == 0 ? node : delegators[(seed >> 8) % DELEGATORS];
        (uint256 active, uint256 unstaking) = stakeManager.worth(node, owner);
        bool frozen = stakeManager.openCases(node) != 0;
        uint256 before = token.balanceOf(owner);
        if (seed % 2 == 0) {
            if (active == 0) return;
            vm.prank(owner);
            try stakeManager.requestUnstake(node, _bound(amount, 1, seed % 16 == 0 ? active : active / 8 + 1)) {
                if (frozen) violation = "frozen stake began to leave";
            } catch {
                if (!frozen) violation = "stake that is not frozen could not be asked for";
            }
        } else {
            uint256 availableAt = stakeManager.position(node, owner).availableAt;
            if (unstaking == 0) return;
            if (seed % 16 == 1) vm.warp(_max(block.timestamp, availableAt));
            bool early = block.timestamp < availableAt;
            try stakeManager.withdraw(node, owner) {
                if (frozen) violation = "frozen stake left";
                if (early) violation = "stake left before its cooldown ended";
                if (token.balanceOf(owner) == before) violation = "a withdrawal paid nothing";
            } catch {
                if (!frozen && !early) violation = "stake could not leave after its cooldown";
            }
        }
    }

    function collectAndClaim(uint256 seed) public {
        address node = nodes[seed % nodes.length];
        address owner = owners[(seed >> 8) % owners.length];
        uint256 collected = stakeManager.collect(node, owner, 1 + seed % 4);
        if (collected > 0 && owner == node) violation = "a node's own part was left to collect";
        if (stakeManager.position(node, owner).claimable != 0) stakeManager.claimRewards(node, owner);
        if (seed % 4 == 0) {
            vm.prank(node);
            try stakeManager.setCommission(uint64(seed % 50) * 1e16) {} catch {}
        }
    }

    function report(uint256 seed) public {
        if (!_useSomeRound(seed)) return;
        uint256 id = taskId;
        for (uint256 reason; reason <= uint256(type(Reason).max); ++reason) {
            address target = nodes[uint256(keccak256(abi.encode(seed, reason))) % nodes.length];
            vm.prank(stranger);
            try court.open(id, round, target, Reason(reason), Cid(0x0129, bytes32(seed))) {} catch {}
        }
        // The liar is always reported.
        vm.prank(stranger);
        try court.open(id, round, validators[VALIDATORS - 1], Reason.ResultMismatch, Cid(0x0129, bytes32(seed))) {}
            catch {}
    }

    function endCase(uint256 seed) public {
        uint256 count = court.caseCount();
        if (count == 0) return;
        uint256 id = 1 + seed % count;
        SlashCase memory c = court.slashCase(id);
        if (c.state != CaseState.Open) return;
        if (seed % 5 == 0 && block.timestamp < c.appealEnd) {
            vm.prank(address(dao));
            court.overturn(id);
        } else if (block.timestamp >= c.appealEnd || seed % 3 == 0) {
            vm.warp(_max(block.timestamp, c.appealEnd));
            court.execute(id);
            ++casesExecuted;
        }
    }

    function lockOrUnlock(uint256 seed, uint256 amount) public {
        address owner = delegators[seed % DELEGATORS];
        uint256 count = escrow.lockCount();
        if (seed % 2 == 0 || count == 0) {
            uint256 balance = token.balanceOf(owner);
            if (balance == 0) return;
            amount = _bound(amount, 1, balance);
            vm.startPrank(owner);
            token.approve(address(escrow), amount);
            escrow.lock(amount, uint32(_bound(seed >> 16, 7 days, 365 days)));
            vm.stopPrank();
            return;
        }
        uint256 lockId = 1 + (seed >> 8) % count;
        Lock memory l = escrow.lockOf(lockId);
        if (l.owner == address(0)) return;
        if (l.unlocksAt == 0) {
            vm.prank(l.owner);
            escrow.requestUnlock(lockId);
        } else if (seed % 8 == 1) {
            vm.prank(l.owner);
            escrow.relock(lockId);
        } else if (block.timestamp >= l.unlocksAt) {
            escrow.withdraw(lockId);
        }
    }

    function moveTokensAndVotes(uint256 seed, uint256 amount) public {
        address from = owners[seed % owners.length];
        address to = owners[(seed >> 8) % owners.length];
        vm.startPrank(from);
        if (seed % 2 == 0) token.delegate(to);
        else token.transfer(to, _bound(amount, 0, token.balanceOf(from)));
        vm.stopPrank();
        vm.roll(block.number + 1);
    }

    function emitDaily(uint256 seed) public {
        uint256 id = _anyTask(seed);
        external_[id] += emission.sync(id);
        if (seed % 4 == 0) vm.warp(_max(block.timestamp, emission.nextMintAt()));
        try emission.mint() {} catch {}
        if (seed % 4 == 0) {
            vm.prank(address(dao));
            taskManager.setMultiplier(id, uint64(_bound(seed, 0, 10e18)));
        }
        external_[id] += emission.sync(id);
    }

    function decide(uint256 seed) public {
        Change[] memory changes = new Change[](3);
        changes[0] = Change(Param.UnlockRatio, _bound(seed, 0, 1e18));
        changes[1] = Change(Param.Gamma, _bound(seed >> 16, 0, 0.5e18));
        changes[2] = Change(Param.SlashResultMismatch, _bound(seed >> 32, 0, 0.5e18));
        vm.prank(address(dao));
        policy.set(changes);
    }

    function passTime(uint256 seed) public {
        vm.warp(block.timestamp + (seed % 8 == 0 ? _bound(seed, 1, 3 days) : _bound(seed, 1, 20 minutes)));
        vm.roll(block.number + 1);
    }

    /// @dev What only the DAO, or one contract, may do; tried by everybody else, contracts included.
    function usurp(uint256 seed) public {
        address who = accounts[seed % accounts.length];
        if (who == address(dao)) return;
        address node = nodes[(seed >> 8) % nodes.length];
        uint256 id = _anyTask(seed);
        ResultSummary memory summary;
        bytes[] memory calls = new bytes[](12);
        address[] memory targets = new address[](12);
        (targets[0], calls[0]) = (address(policy), abi.encodeCall(policy.set, (new Change[](0))));
        (targets[1], calls[1]) = (address(policy), abi.encodeCall(policy.setScorer, (bytes32(seed | 1))));
        (targets[2], calls[2]) = (address(court), abi.encodeCall(court.overturn, (1 + seed % 4)));
        (targets[3], calls[3]) = (address(roundManager), abi.encodeCall(roundManager.rule, (id, 0, summary)));
        (targets[4], calls[4]) = (address(taskManager), abi.encodeCall(taskManager.stop, (id)));
        (targets[5], calls[5]) = (address(taskManager), abi.encodeCall(taskManager.setMultiplier, (id, 0)));
        (targets[6], calls[6]) =
        (address(token), abi.encodeCall(token.setCustodian, (who, ICoveyToken.CustodianKind.Escrow)));
        (targets[7], calls[7]) = (address(token), abi.encodeCall(token.seize, (node, 1)));
        (targets[8], calls[8]) = (address(stakeManager), abi.encodeCall(stakeManager.slash, (node, 1e18, 1)));
        (targets[9], calls[9]) = (address(court), abi.encodeCall(court.onSlashCollected, (1, 1e18)));
        (targets[10], calls[10]) = (address(taskManager), abi.encodeCall(taskManager.payOut, (id, 0)));
        (targets[11], calls[11]) = (address(token), abi.encodeCall(token.mint, (who, 1e18)));
        uint256 i = (seed >> 16) % calls.length;
        // Who really holds the permission is not usurping it.
        if (i == 7 && (who == address(stakeManager) || who == address(escrow))) return;
        if (i == 8 && who == address(court)) return;
        if (i == 9 && who == address(stakeManager)) return;
        if (i == 10 && who == address(distributor)) return;
        if (i == 11 && who == address(emission)) return;
        vm.prank(who);
        (bool done,) = targets[i].call(calls[i]);
        if (done) violation = "somebody did what only the DAO or one contract may do";
    }
}
