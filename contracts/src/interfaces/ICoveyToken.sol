// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title COVEY: the token, and the one IVotes of the system
/// @notice Voting units of an account = its balance + what custodians hold for it + bonuses of what it locked, for whom
/// it delegated to. Depositing with a custodian and withdrawing move tokens and leave votes where they are.
/// Assumes of custodians only what it does not check itself: that they deposit when the owner asked for it. They can
/// never take what they do not hold, hold for one owner what another deposited, or give a bonus above the bound.
interface ICoveyToken {
    /// @param amount Wei that the recipient holds at genesis, liquid.
    struct Allocation {
        address recipient;
        uint256 amount;
    }

    /// @notice Who the three vesting wallets of genesis belong to.
    struct Beneficiaries {
        address team;
        address investors;
        address ecosystem;
    }

    enum CustodianKind {
        None,
        /// @dev Keeps tokens whose owners go on voting.
        Custodian,
        /// @dev The same, and may add a bonus for locked ones.
        Escrow
    }

    event GenesisAllocated(
        string allocation, address indexed beneficiary, address indexed vestingWallet, uint256 vesting
    );
    event CustodianSet(address indexed custodian, CustodianKind kind);
    event Deposited(address indexed custodian, address indexed owner, uint256 amount);
    event Withdrawn(address indexed custodian, address indexed owner, uint256 amount);
    event Seized(address indexed custodian, address indexed owner, uint256 amount);
    event BonusChanged(address indexed custodian, address indexed owner, uint256 bonus);

    /// @notice The supply may never be above its cap.
    error CapExceeded(uint256 supply, uint256 cap);
    /// @notice The liquid allocations of the first distribution add up to another amount than planned.
    error GenesisMismatch(uint256 expected, uint256 got);
    /// @notice The caller is not a custodian of the kind that this needs; the DAO names them.
    error NotCustodian(address account, CustodianKind needed);
    /// @notice The owner may be neither nobody nor a custodian: custodians do not deposit with each other.
    error InvalidOwner(address owner);
    /// @notice The custodian holds less of the owner's tokens than this takes.
    error CustodyInsufficient(address custodian, address owner, uint256 held, uint256 needed);
    /// @notice A custodian may not part with tokens that it holds for owners other than through `withdraw` and `seize`.
    error CustodyBroken(address custodian, uint256 custody, uint256 balance);
    /// @notice A bonus of votes is at most MAX_BONUS times what the owner has with the escrow.
    error BonusTooHigh(address owner, uint256 bonus, uint256 maximum);
    /// @notice Reading an owner's units adds up over all custodians, so there are only so many at a time.
    error TooManyCustodians(uint256 maximum);

    /// @notice Needs MINT_PERMISSION of the DAO (held by the emission).
    function mint(address to, uint256 amount) external;
    /// @notice Needs SET_CUSTODIAN_PERMISSION of the DAO. What a former custodian holds can still be withdrawn and seized,
    /// and a bonus that it gave can still be lowered; it keeps its place among the custodians until it holds nothing.
    function setCustodian(address custodian, CustodianKind kind) external;

    /// @notice The calling custodian takes `amount` of the owner's tokens, out of the allowance that the owner gave it.
    /// The owner's votes do not change (and cost no checkpoint).
    function deposit(address owner, uint256 amount) external;
    /// @notice The calling custodian gives back tokens that it holds for the owner. Votes do not change.
    function withdraw(address owner, uint256 amount) external;
    /// @notice What the calling custodian held for the owner becomes its own: the owner's votes end here.
    function seize(address owner, uint256 amount) external;
    /// @notice Sets the owner's bonus votes from the calling escrow: at most twice what it holds for the owner, so that
    /// one token never has more than three votes. Withdrawing and seizing refuse to leave a bonus above that.
    function setBonus(address owner, uint256 bonus) external;

    function cap() external pure returns (uint256);
    /// @notice The wallets from which the shares of team, investors and ecosystem unlock. What is in them does not vote.
    function vestingWallets() external view returns (address team, address investors, address ecosystem);
    /// @notice All accounts that are custodians, or were and still hold something.
    function custodians() external view returns (address[] memory);
    function custodianKind(address custodian) external view returns (CustodianKind);
    /// @notice What `custodian` holds for `owner`.
    function custodyOf(address custodian, address owner) external view returns (uint256);
    /// @notice What `custodian` holds for all owners.
    function totalCustody(address custodian) external view returns (uint256);
    function bonusOf(address custodian, address owner) external view returns (uint256);
    /// @notice Units that the owner (or its delegate) votes with now.
    function votingUnits(address owner) external view returns (uint256);
}
