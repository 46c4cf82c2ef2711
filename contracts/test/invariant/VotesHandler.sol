// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {VestingWallet} from "@openzeppelin/contracts/finance/VestingWallet.sol";
import {Test} from "forge-std/Test.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {Lock} from "../../src/interfaces/IVoteEscrow.sol";
import {CoveyToken} from "../../src/token/CoveyToken.sol";
import {VoteEscrow} from "../../src/token/VoteEscrow.sol";

/// @dev Four owners, two custodians without scruples (one of them an escrow), the vote escrow, a minter and the DAO. Calls
/// are bounded to what can succeed, so that none reverts; what must revert is tried too, and counted if it went through.
contract VotesHandler is Test {
    uint256 public constant OWNERS = 4;
    uint256 public constant CUSTODIANS = 2;

    CoveyToken private immutable token;
    VoteEscrow private immutable escrow;
    address private immutable dao;
    address private immutable minter;

    address[] public owners;
    address[] public custodians;
    uint256 public wentThrough;

    struct Past {
        uint256 blockNumber;
        uint256 supply;
        uint256[4] votes;
    }

    Past[] private _pasts;

    constructor(CoveyToken token_, VoteEscrow escrow_, address dao_, address minter_) {
        (token, escrow, dao, minter) = (token_, escrow_, dao_, minter_);
        for (uint256 i; i < OWNERS; ++i) {
            owners.push(makeAddr(string.concat("owner", vm.toString(i))));
        }
        custodians.push(makeAddr("custodian"));
        custodians.push(makeAddr("own escrow"));
        for (uint256 i; i < OWNERS; ++i) {
            vm.startPrank(owners[i]);
            token.approve(custodians[0], type(uint256).max);
            token.approve(custodians[1], type(uint256).max);
            token.approve(address(escrow), type(uint256).max);
            vm.stopPrank();
        }
        vm.prank(custodians[0]);
        token.approve(custodians[1], type(uint256).max);
        vm.prank(custodians[1]);
        token.approve(custodians[0], type(uint256).max);
    }

    function transfer(uint256 from, uint256 to, uint256 amount) external {
        address source = _account(from);
        amount = bound(amount, 0, token.balanceOf(source) - token.totalCustody(source));
        vm.prank(source);
        token.transfer(_account(to), amount);
    }

    function delegate(uint256 who, uint256 whom) external {
        vm.prank(_account(who));
        token.delegate(whom % 5 == 4 ? address(0) : _owner(whom));
    }

    function deposit(uint256 which, uint256 who, uint256 amount) external {
        address custodian = _custodian(which);
        address owner = _account(who);
        if (token.custodianKind(custodian) == ICoveyToken.CustodianKind.None || _listed(owner)) return;
        amount = bound(amount, 0, token.balanceOf(owner) - token.totalCustody(owner));
        vm.prank(custodian);
        token.deposit(owner, amount);
    }

    function withdraw(uint256 which, uint256 who, uint256 amount) external {
        address custodian = _custodian(which);
        if (!_listed(custodian)) return;
        address owner = _account(who);
        amount = bound(amount, 0, _free(custodian, owner));
        vm.prank(custodian);
        token.withdraw(owner, amount);
    }

    function seize(uint256 which, uint256 who, uint256 amount) external {
        address custodian = _custodian(which);
        if (!_listed(custodian)) return;
        address owner = _account(who);
        amount = bound(amount, 0, _free(custodian, owner));
        vm.prank(custodian);
        token.seize(owner, amount);
    }

    function setBonus(uint256 who, uint256 bonus) external {
        if (!_listed(custodians[1])) return;
        address owner = _account(who);
        bool isEscrow = token.custodianKind(custodians[1]) == ICoveyToken.CustodianKind.Escrow;
        uint256 most = isEscrow ? 2 * token.custodyOf(custodians[1], owner) : token.bonusOf(custodians[1], owner);
        bonus = bound(bonus, 0, most);
        vm.prank(custodians[1]);
        token.setBonus(owner, bonus);
    }

    function lock(uint256 who, uint256 amount, uint32 notice) external {
        address owner = _owner(who);
        uint256 balance = token.balanceOf(owner);
        if (balance == 0) return;
        vm.prank(owner);
        escrow.lock(bound(amount, 1, balance), uint32(bound(notice, 7 days, 365 days)));
    }

    function stepLock(uint256 which, bool back) external {
        if (escrow.lockCount() == 0) return;
        uint256 lockId = bound(which, 1, escrow.lockCount());
        Lock memory l = escrow.lockOf(lockId);
        if (l.owner == address(0)) return;
        if (l.unlocksAt == 0) {
            vm.prank(l.owner);
            escrow.requestUnlock(lockId);
        } else if (back) {
            vm.prank(l.owner);
            escrow.relock(lockId);
        } else {
            if (block.timestamp < l.unlocksAt) vm.warp(l.unlocksAt);
            escrow.withdraw(lockId);
        }
    }

    /// @dev The escrow of the system stays one, the others come and go.
    function setCustodian(uint256 which, bool off) external {
        ICoveyToken.CustodianKind kind = off
            ? ICoveyToken.CustodianKind.None
            : which % 2 == 0 ? ICoveyToken.CustodianKind.Custodian : ICoveyToken.CustodianKind.Escrow;
        vm.prank(dao);
        token.setCustodian(_custodian(which), kind);
    }

    function mint(uint256 to, uint256 amount) external {
        amount = bound(amount, 0, (token.cap() - token.totalSupply()) / 2);
        vm.prank(minter);
        token.mint(_account(to), amount);
    }

    function unlockVesting(uint256 which, uint256 wait) external {
        skip(bound(wait, 0, 90 days));
        (address team, address investors, address ecosystem) = token.vestingWallets();
        address wallet = which % 3 == 0 ? team : which % 3 == 1 ? investors : ecosystem;
        VestingWallet(payable(wallet)).release(address(token));
    }

    /// @dev Each of these has to fail.
    function tryToCheat(uint256 which, uint256 who, uint256 kind) external {
        address custodian = _custodian(which);
        address owner = _owner(who);
        uint256 held = token.custodyOf(custodian, owner);
        bytes[5] memory cheats = [
            abi.encodeCall(token.withdraw, (owner, held + 1)),
            abi.encodeCall(token.seize, (owner, held + 1)),
            abi.encodeCall(token.setBonus, (owner, 2 * held + 1)),
            abi.encodeCall(token.transfer, (owner, token.balanceOf(custodian) + 1)),
            abi.encodeCall(token.deposit, (owner, token.balanceOf(owner) + 1))
        ];
        vm.prank(custodian);
        (bool ok,) = address(token).call(cheats[kind % 5]);
        if (ok) ++wentThrough;
        uint256 custody = token.totalCustody(custodian);
        if (custody != 0) {
            uint256 all = token.balanceOf(custodian);
            vm.prank(custodian);
            (ok,) = address(token).call(abi.encodeCall(token.transfer, (owner, all - custody + 1)));
            if (ok) ++wentThrough;
        }
    }

    /// @dev Remembers a block's votes as it ends, to be compared with what the token says of it ever after.
    function nextBlock() external {
        Past storage p = _pasts.push();
        p.blockNumber = block.number;
        p.supply = token.totalSupply() + bonuses();
        for (uint256 i; i < OWNERS; ++i) {
            p.votes[i] = token.getVotes(owners[i]);
        }
        vm.roll(block.number + 1);
    }

    function bonuses() public view returns (uint256 sum) {
        for (uint256 i; i < OWNERS + CUSTODIANS; ++i) {
            sum += token.bonusOf(address(escrow), _account(i)) + token.bonusOf(custodians[1], _account(i))
            + token.bonusOf(custodians[0], _account(i));
        }
    }

    function pastCount() external view returns (uint256) {
        return _pasts.length;
    }

    function past(uint256 i) external view returns (Past memory) {
        return _pasts[i];
    }

    function _listed(address account) private view returns (bool) {
        address[] memory listed = token.custodians();
        for (uint256 i; i < listed.length; ++i) {
            if (listed[i] == account) return true;
        }
        return false;
    }

    function _free(address custodian, address owner) private view returns (uint256) {
        uint256 bound_ = (token.bonusOf(custodian, owner) + 1) / 2;
        return token.custodyOf(custodian, owner) - bound_;
    }

    function _owner(uint256 i) private view returns (address) {
        return owners[i % OWNERS];
    }

    function _custodian(uint256 i) private view returns (address) {
        return custodians[i % CUSTODIANS];
    }

    function _account(uint256 i) private view returns (address) {
        i %= OWNERS + CUSTODIANS;
        return i < OWNERS ? owners[i] : custodians[i - OWNERS];
    }
}
