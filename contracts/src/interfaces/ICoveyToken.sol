// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title COVEY token: ERC-20, permit, and the one IVotes of the system
/// @notice A vote custodian (the stake contract) holds tokens for their owners and credits the owner's voting units,
/// so staked tokens keep voting. Trust: a custodian can only credit up to the tokens that it holds, so no custodian
/// can create votes; custodians are named by the DAO (VOTE_CUSTODIAN_PERMISSION).
/// Votes are counted once a holder delegates (to itself or another), as in every ERC20Votes token.
interface ICoveyToken {
    struct Allocation {
        address recipient;
        uint256 amount;
    }

    event VotesCredited(address indexed custodian, address indexed owner, uint256 amount);
    event VotesDebited(address indexed custodian, address indexed owner, uint256 amount);

    error CapExceeded(uint256 supply, uint256 cap);
    error CreditExceedsCustody(address custodian, uint256 credited, uint256 held);
    error InvalidVoteOwner(address owner);
    error CreditInsufficient(address custodian, address owner, uint256 credited, uint256 amount);

    function cap() external view returns (uint256);
    /// @notice Mints up to the cap. Needs MINT_PERMISSION of the DAO.
    function mint(address to, uint256 amount) external;
    /// @notice Counts `amount` of the caller's balance as voting units of `owner`. Needs VOTE_CUSTODIAN_PERMISSION.
    function creditVotes(address owner, uint256 amount) external;
    /// @notice Takes back what was credited, before the tokens leave the custodian.
    function debitVotes(address owner, uint256 amount) external;
    function creditedVotes(address custodian, address owner) external view returns (uint256);
    function totalCredited(address custodian) external view returns (uint256);
    /// @notice Liquid plus credited tokens of `owner`: what it votes with or delegates.
    function votingUnits(address owner) external view returns (uint256);
}
