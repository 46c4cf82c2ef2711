// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {VestingWallet} from "@openzeppelin/contracts/finance/VestingWallet.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC5805} from "@openzeppelin/contracts/interfaces/IERC5805.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ERC20Votes} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Votes.sol";
import {Nonces} from "@openzeppelin/contracts/utils/Nonces.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";
import {ICoveyToken} from "../interfaces/ICoveyToken.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {MINT_PERMISSION, SET_CUSTODIAN_PERMISSION} from "../permission/Permissions.sol";
import {Genesis} from "./Genesis.sol";

/// @title COVEY
/// @dev Units of an account = balance − what it holds in custody for others + what custodians hold for it + its bonuses.
/// Their sum over all accounts is the total supply + all bonuses, which is what `getPastTotalSupply` answers.
/// A deposit moves `amount` out of the owner's balance and into what is held for the owner: the sum of the two, and so
/// every checkpoint, stays. That is why `deposit` and `withdraw` go past ERC20Votes, straight to ERC20.
/// Narrowing to 96 bits is safe throughout: amounts were moved as balances before, which the cap keeps below 2^90, and a
/// bonus is at most twice such an amount.
contract CoveyToken is ICoveyToken, ERC20, ERC20Permit, ERC20Votes, ERC165, DaoAuthorized {
    struct Custodian {
        uint96 custody;
        CustodianKind kind;
        bool listed;
    }

    /// @param barred The owner is a custodian itself: what it holds for others must not go on to the next one. Kept here,
    /// in a slot that a deposit writes anyway, so that deposits need not look at who the owner is.
    struct Holding {
        uint96 amount;
        uint96 bonus;
        bool barred;
    }

    /// @notice Most custodians at a time: bounds what reading an account's units costs.
    uint256 public constant MAX_CUSTODIANS = 8;
    /// @notice Most bonus votes a token held by an escrow can have.
    uint256 public constant MAX_BONUS = 2;

    address private immutable TEAM_WALLET;
    address private immutable INVESTORS_WALLET;
    address private immutable ECOSYSTEM_WALLET;

    mapping(address custodian => Custodian) private _custodians;
    mapping(address custodian => mapping(address owner => Holding)) private _holdings;
    address[] private _listed;

    /// @param liquid Who holds the 12.8 % that move from the first day; they have to add up to it exactly.
    constructor(address dao_, Beneficiaries memory beneficiaries, Allocation[] memory liquid)
        ERC20("Covey", "COVEY")
        ERC20Permit("Covey")
        DaoAuthorized(dao_)
    {
        uint256 sum;
        for (uint256 i; i < liquid.length; ++i) {
            _mint(liquid[i].recipient, liquid[i].amount);
            sum += liquid[i].amount;
        }
        if (sum != Genesis.LIQUID) revert GenesisMismatch(Genesis.LIQUID, sum);
        TEAM_WALLET = _vest("team", beneficiaries.team, Genesis.TEAM, Genesis.TEAM_DURATION);
        INVESTORS_WALLET = _vest("investors", beneficiaries.investors, Genesis.INVESTORS, Genesis.INVESTORS_DURATION);
        ECOSYSTEM_WALLET =
            _vest("ecosystem", beneficiaries.ecosystem, Genesis.ECOSYSTEM_VESTING, Genesis.ECOSYSTEM_DURATION);
    }

    /// @inheritdoc ICoveyToken
    function mint(address to, uint256 amount) external auth(MINT_PERMISSION) {
        _mint(to, amount);
    }

    /// @inheritdoc ICoveyToken
    function setCustodian(address custodian, CustodianKind kind) external auth(SET_CUSTODIAN_PERMISSION) {
        if (custodian == address(0)) revert ZeroAddress();
        Custodian storage c = _custodians[custodian];
        c.kind = kind;
        if (kind != CustodianKind.None && !c.listed) {
            if (_listed.length == MAX_CUSTODIANS) revert TooManyCustodians(MAX_CUSTODIANS);
            c.listed = true;
            _listed.push(custodian);
            _bar(custodian, true);
        } else if (kind == CustodianKind.None && c.listed && c.custody == 0) {
            c.listed = false;
            _bar(custodian, false);
            _unlist(custodian);
        }
        emit CustodianSet(custodian, kind);
    }

    /// @inheritdoc ICoveyToken
    function deposit(address owner, uint256 amount) external {
        Custodian storage c = _custodians[msg.sender];
        if (c.kind == CustodianKind.None) revert NotCustodian(msg.sender, CustodianKind.Custodian);
        Holding storage h = _holdings[msg.sender][owner];
        if (owner == address(0) || h.barred) revert InvalidOwner(owner);
        _spendAllowance(owner, msg.sender, amount);
        ERC20._update(owner, msg.sender, amount);
        c.custody += uint96(amount);
        h.amount += uint96(amount);
        emit Deposited(msg.sender, owner, amount);
    }

    /// @inheritdoc ICoveyToken
    function withdraw(address owner, uint256 amount) external {
        _release(owner, amount);
        ERC20._update(msg.sender, owner, amount);
        emit Withdrawn(msg.sender, owner, amount);
    }

    /// @inheritdoc ICoveyToken
    function seize(address owner, uint256 amount) external {
        _release(owner, amount);
        _transferVotingUnits(owner, msg.sender, amount);
        emit Seized(msg.sender, owner, amount);
    }

    /// @inheritdoc ICoveyToken
    function setBonus(address owner, uint256 bonus) external {
        Custodian storage c = _custodians[msg.sender];
        Holding storage h = _holdings[msg.sender][owner];
        uint256 old = h.bonus;
        // A former escrow may still lower what it gave.
        if (bonus > old ? c.kind != CustodianKind.Escrow : !c.listed) {
            revert NotCustodian(msg.sender, CustodianKind.Escrow);
        }
        if (bonus > old) {
            _checkBonus(owner, bonus, h.amount);
            h.bonus = uint96(bonus);
            _transferVotingUnits(address(0), owner, bonus - old);
        } else {
            h.bonus = uint96(bonus);
            _transferVotingUnits(owner, address(0), old - bonus);
        }
        emit BonusChanged(msg.sender, owner, bonus);
    }

    /// @inheritdoc ICoveyToken
    function cap() external pure returns (uint256) {
        return Genesis.CAP;
    }

    /// @inheritdoc ICoveyToken
    function vestingWallets() external view returns (address team, address investors, address ecosystem) {
        return (TEAM_WALLET, INVESTORS_WALLET, ECOSYSTEM_WALLET);
    }

    /// @inheritdoc ICoveyToken
    function custodians() external view returns (address[] memory) {
        return _listed;
    }

    /// @inheritdoc ICoveyToken
    function custodianKind(address custodian) external view returns (CustodianKind) {
        return _custodians[custodian].kind;
    }

    /// @inheritdoc ICoveyToken
    function custodyOf(address custodian, address owner) external view returns (uint256) {
        return _holdings[custodian][owner].amount;
    }

    /// @inheritdoc ICoveyToken
    function totalCustody(address custodian) external view returns (uint256) {
        return _custodians[custodian].custody;
    }

    /// @inheritdoc ICoveyToken
    function bonusOf(address custodian, address owner) external view returns (uint256) {
        return _holdings[custodian][owner].bonus;
    }

    /// @inheritdoc ICoveyToken
    function votingUnits(address owner) external view returns (uint256) {
        return _getVotingUnits(owner);
    }

    /// @notice Declares IERC20 and IVotes, by which Aragon TokenVoting takes the token as it is instead of wrapping it.
    function supportsInterface(bytes4 id) public view override returns (bool) {
        return id == type(IERC20).interfaceId || id == type(IVotes).interfaceId
            || id == type(IERC20Metadata).interfaceId || id == type(IERC20Permit).interfaceId
            || id == type(IERC6372).interfaceId || id == type(IERC5805).interfaceId
            || id == type(ICoveyToken).interfaceId || super.supportsInterface(id);
    }

    function nonces(address owner) public view override(ERC20Permit, Nonces) returns (uint256) {
        return super.nonces(owner);
    }

    /// @dev Read only when an account delegates. Adding up here spares every deposit and withdrawal a slot of its own.
    function _getVotingUnits(address account) internal view override returns (uint256 units) {
        // Never below zero: `_update` checks it, `withdraw` lowers both, and what a deposit takes was no custodian's.
        units = balanceOf(account) - _custodians[account].custody;
        for (uint256 i; i < _listed.length; ++i) {
            Holding storage h = _holdings[_listed[i]][account];
            units += uint256(h.amount) + h.bonus;
        }
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
        if (from == address(0)) {
            uint256 supply = totalSupply();
            if (supply > Genesis.CAP) revert CapExceeded(supply, Genesis.CAP);
        } else {
            uint256 custody = _custodians[from].custody;
            if (custody != 0) {
                uint256 held = balanceOf(from);
                if (held < custody) revert CustodyBroken(from, custody, held);
            }
        }
    }

    function _vest(string memory name, address beneficiary, uint256 amount, uint64 duration) private returns (address) {
        address wallet = address(new VestingWallet(beneficiary, uint64(block.timestamp), duration));
        _mint(wallet, amount);
        emit GenesisAllocated(name, beneficiary, wallet, amount);
        return wallet;
    }

    /// @dev What is held of the owner becomes less, whatever the caller is now: no former custodian keeps tokens stuck.
    function _release(address owner, uint256 amount) private {
        Custodian storage c = _custodians[msg.sender];
        if (!c.listed) revert NotCustodian(msg.sender, CustodianKind.Custodian);
        Holding storage h = _holdings[msg.sender][owner];
        uint256 held = h.amount;
        if (amount > held) revert CustodyInsufficient(msg.sender, owner, held, amount);
        uint256 left = held - amount;
        _checkBonus(owner, h.bonus, left);
        h.amount = uint96(left);
        c.custody -= uint96(amount);
    }

    /// @dev Bars a custodian as an owner at all custodians, itself included, and them at it.
    function _bar(address custodian, bool barred) private {
        for (uint256 i; i < _listed.length; ++i) {
            _holdings[_listed[i]][custodian].barred = barred;
            _holdings[custodian][_listed[i]].barred = barred;
        }
    }

    function _unlist(address custodian) private {
        uint256 last = _listed.length - 1;
        for (uint256 i; i < last; ++i) {
            if (_listed[i] == custodian) {
                _listed[i] = _listed[last];
                break;
            }
        }
        _listed.pop();
    }

    function _checkBonus(address owner, uint256 bonus, uint256 held) private pure {
        if (bonus > MAX_BONUS * held) revert BonusTooHigh(owner, bonus, MAX_BONUS * held);
    }
}
