// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

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
import {MINT_PERMISSION, VOTE_CUSTODIAN_PERMISSION} from "../permission/Permissions.sol";

/// @title COVEY
/// @dev Voting units of an account = balance + what custodians credit to it − what it credits to others as a custodian.
/// Their sum over all accounts is therefore always the total supply, whoever credits what to whom.
contract CoveyToken is ICoveyToken, ERC20, ERC20Permit, ERC20Votes, ERC165, DaoAuthorized {
    uint256 private constant CAP = 1_000_000_000e18;

    mapping(address custodian => mapping(address owner => uint256)) private _credited;
    mapping(address custodian => uint256) private _creditedBy;
    mapping(address owner => uint256) private _creditedTo;

    constructor(address dao_, Allocation[] memory genesis)
        ERC20("Covey", "COVEY")
        ERC20Permit("Covey")
        DaoAuthorized(dao_)
    {
        for (uint256 i; i < genesis.length; ++i) {
            _mint(genesis[i].recipient, genesis[i].amount);
        }
    }

    /// @inheritdoc ICoveyToken
    function mint(address to, uint256 amount) external auth(MINT_PERMISSION) {
        _mint(to, amount);
    }

    /// @inheritdoc ICoveyToken
    function creditVotes(address owner, uint256 amount) external auth(VOTE_CUSTODIAN_PERMISSION) {
        // Voting units of the zero address would read as a burn of votes.
        if (owner == address(0)) revert InvalidVoteOwner(owner);
        uint256 total = _creditedBy[msg.sender] + amount;
        uint256 held = balanceOf(msg.sender);
        if (total > held) revert CreditExceedsCustody(msg.sender, total, held);
        _creditedBy[msg.sender] = total;
        _credited[msg.sender][owner] += amount;
        _creditedTo[owner] += amount;
        // Units move from the custodian to the owner; the total supply's checkpoint is not touched.
        _transferVotingUnits(msg.sender, owner, amount);
        emit VotesCredited(msg.sender, owner, amount);
    }

    /// @inheritdoc ICoveyToken
    /// @dev A custodian that lost its permission can still debit, so that nobody's stake gets stuck in it.
    function debitVotes(address owner, uint256 amount) external {
        uint256 credited = _credited[msg.sender][owner];
        if (amount > credited) revert CreditInsufficient(msg.sender, owner, credited, amount);
        _credited[msg.sender][owner] = credited - amount;
        _creditedBy[msg.sender] -= amount;
        _creditedTo[owner] -= amount;
        _transferVotingUnits(owner, msg.sender, amount);
        emit VotesDebited(msg.sender, owner, amount);
    }

    /// @inheritdoc ICoveyToken
    function cap() external pure returns (uint256) {
        return CAP;
    }

    /// @inheritdoc ICoveyToken
    function creditedVotes(address custodian, address owner) external view returns (uint256) {
        return _credited[custodian][owner];
    }

    /// @inheritdoc ICoveyToken
    function totalCredited(address custodian) external view returns (uint256) {
        return _creditedBy[custodian];
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

    function _getVotingUnits(address account) internal view override returns (uint256) {
        // The last term never exceeds the balance: crediting and `_update` both check it.
        return balanceOf(account) + _creditedTo[account] - _creditedBy[account];
    }

    function _update(address from, address to, uint256 value) internal override(ERC20, ERC20Votes) {
        super._update(from, to, value);
        if (from == address(0)) {
            uint256 supply = totalSupply();
            if (supply > CAP) revert CapExceeded(supply, CAP);
        } else {
            // A custodian must take votes back before it parts with the tokens behind them.
            uint256 credited = _creditedBy[from];
            if (credited != 0) {
                uint256 held = balanceOf(from);
                if (credited > held) revert CreditExceedsCustody(from, credited, held);
            }
        }
    }
}
