// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Action} from "@aragon/osx-commons-contracts/src/executors/IExecutor.sol";

/// @title SnapshotVoting: makes the result of a gasless Snapshot vote binding for an Aragon OSx DAO
/// @notice Trusts the DAO's voting token and the voters' signatures, and nobody else: no hub, no relayer, no oracle.
/// A proposal is a Snapshot `Proposal` message (EIP-712, domain `snapshot` 0.1.4) whose digest is its id here and on every
/// hub. Its `plugins` field commits to this chain, this contract and the hash of the actions, so no message fits a
/// second chain, DAO or plugin. Votes are the unchanged `Vote` messages that snapshot.js signs; anyone submits them.
/// Times are unix seconds, powers are the token's past votes in wei, ratios are parts of a million.
///
/// Life of a proposal: registered (Pending) → votes are cast from `start` to `end` (Active) → until the submission ends
/// anyone brings votes on chain (Submission; votes may come earlier too) → Defeated, or Queued while the DAO may veto →
/// Executable for a while → Executed, or Expired.
///
/// What a late signature can do: no chain can tell when a message was signed, so until the submission ends a voter may
/// still sign a vote with a time before `end`. Whoever flips the outcome shortly before the submission ends prolongs it,
/// so that all others can answer; how often is bounded. Then the delay gives the DAO the time to veto,
/// at least a day more than its TokenVoting's shortest vote.
interface ISnapshotVoting {
    /// @dev For both types choice 1 approves. Of a basic proposal (For, Against, Abstain) 2 is against and 3 abstains; of
    /// a single choice every other choice is against.
    enum VoteType {
        SingleChoice,
        Basic
    }

    enum State {
        None,
        Pending,
        Active,
        Submission,
        Defeated,
        Queued,
        Executable,
        Executed,
        Vetoed,
        Expired
    }

    /// @notice Held to hard bounds by `updateSettings`. A proposal keeps the settings that it was registered under.
    struct Settings {
        /// @dev for / (for + against) must be more than this part of a million.
        uint32 supportThreshold;
        /// @dev for + against must be at least this part of a million of the token's past total supply. Abstentions do not
        /// count: they decide nothing, so they cannot make a quorum either.
        uint32 minParticipation;
        /// @dev Most blocks between the snapshot block and the registration.
        uint32 maxSnapshotAge;
        /// @dev Shortest voting period, in seconds.
        uint40 minDuration;
        /// @dev Seconds after the end in which votes can be submitted.
        uint40 submissionWindow;
        /// @dev A batch that flips the outcome within these last seconds of the submission prolongs it to as many seconds
        /// from then, but never past twice the submission window.
        uint40 extension;
        /// @dev Seconds between the end of the submission and execution, in which the DAO may veto. Where TokenVoting's minimum
        /// duration and a day are longer, that counts: it is asked for then, so as it is when a result is executed.
        uint40 delay;
        /// @dev Seconds after `delay` for which a result stays executable. At least an hour of them must be left after what
        /// TokenVoting needs for a veto when the settings are made.
        uint40 executionWindow;
        /// @dev Votes in wei, one block before the registration, that the registering account needs.
        uint256 minProposerVotingPower;
    }

    /// @notice A Snapshot `Proposal` message, its texts as their keccak256 hashes. What is fixed is left out: the space is
    /// the plugin's, `privacy` is empty and `plugins` is built by the contract.
    struct Message {
        address author;
        /// @dev Which letters of the author's EIP-55 form are capitals: bit 39 − i stands for hex digit i.
        uint40 authorCasing;
        uint40 timestamp;
        uint40 start;
        uint40 end;
        uint40 snapshot;
        VoteType voteType;
        bytes32 title;
        bytes32 body;
        bytes32 discussion;
        /// @dev keccak256 of each choice. Of a basic proposal they have to be For, Against, Abstain.
        bytes32[] choices;
        bytes32[] labels;
        bytes32 app;
    }

    /// @param forVotes Wei of votes for choice 1.
    /// @param against Wei of votes against.
    /// @param abstain Wei of votes that abstain.
    /// @param voters How many accounts' votes are counted.
    struct Tally {
        uint256 forVotes;
        uint256 against;
        uint256 abstain;
        uint256 voters;
    }

    /// @param submissionEnd Until when votes can be submitted, as things stand.
    /// @param executableFrom As TokenVoting's settings are now; past `executableUntil` where they leave no time.
    /// @param minPower Wei of for + against that participation needs.
    struct ProposalView {
        State state;
        VoteType voteType;
        uint8 choices;
        uint40 start;
        uint40 end;
        uint40 submissionEnd;
        uint40 executableFrom;
        uint40 executableUntil;
        uint40 snapshot;
        uint32 settingsVersion;
        bytes32 actionsHash;
        uint256 minPower;
        Tally tally;
    }

    /// @param choice 0 when the account's vote is not counted.
    /// @param timestamp Seconds, as signed.
    /// @param digest The first 176 bits of the vote's EIP-712 digest, in the high bits.
    struct CountedVote {
        uint8 choice;
        uint40 timestamp;
        bytes32 digest;
    }

    /// @notice Why a vote of a batch was left out. The others of the batch count.
    enum Rejection {
        None,
        /// @dev The signature is not the voter's over this vote on this proposal in this space.
        Signature,
        /// @dev Signed for a time outside start … end.
        Time,
        /// @dev No choice of the proposal.
        Choice,
        /// @dev No votes at the snapshot block.
        Power,
        /// @dev A later vote of the voter counts (or this very one).
        Superseded
    }

    event SettingsUpdated(uint32 indexed version, Settings settings);
    /// @param id EIP-712 digest of the proposal message.
    event ProposalRegistered(bytes32 indexed id, address indexed registrant, Message message, Action[] actions);
    /// @param votes 26 bytes a counted vote: voter (20), choice (1), the signed time (5). Their powers are the token's past
    /// votes at the snapshot block.
    event VotesSubmitted(bytes32 indexed id, address indexed submitter, bytes votes, Tally tally);
    /// @param index Position in the batch.
    event VoteRejected(bytes32 indexed id, uint256 index, address voter, Rejection reason);
    event SubmissionExtended(bytes32 indexed id, uint40 submissionEnd);
    event ProposalVetoed(bytes32 indexed id);
    event ProposalExecuted(bytes32 indexed id, address indexed executor);

    /// @notice A setting is outside its hard bounds; `setting` names it.
    error SettingOutOfBounds(string setting, uint256 value, uint256 min, uint256 max);
    /// @notice Registering a proposal needs so much voting power, as it was one block ago.
    error NotEnoughPower(address account, uint256 power, uint256 needed);
    /// @notice A proposal of another account needs that account's signature.
    /// @custom:action Give the author's EIP-712 signature of the proposal, or have the author register it.
    error NotByAuthor(address author, address registrant);
    /// @notice The proposal is registered.
    error AlreadyRegistered(bytes32 id);
    /// @notice No proposal with this id is registered.
    error UnknownProposal(bytes32 id);
    /// @notice Voting would have begun already: what was cast before anybody could know of the proposal must not count.
    error StartPassed(uint40 start, uint256 now_);
    /// @notice The voting period is shorter or longer than it may be, seconds.
    error DurationOutOfBounds(uint256 duration, uint256 min, uint256 max);
    /// @notice The snapshot block is not yet past, or longer ago than the settings allow.
    error SnapshotOutOfBounds(uint40 snapshot, uint256 min, uint256 max);
    /// @notice A basic vote has the choices For, Against and Abstain; a single choice has 2 to 255.
    error ChoicesInvalid();
    /// @notice Voting would begin so late that the snapshot block tells little of who holds what by then.
    error StartTooFar(uint40 start, uint256 latest);
    /// @notice The proposal is in another state than this needs: `expected` is a set of states, bit n stands for State
    /// n.
    error WrongState(bytes32 id, State state, uint256 expected);
    /// @notice These are not the actions that the proposal was registered for.
    error ActionsMismatch(bytes32 expected, bytes32 got);
    /// @notice A proposal that binds has at least one action.
    error NoActions();
    /// @notice An OSx DAO executes no more than `max` actions at once.
    error TooManyActions(uint256 count, uint256 max);
    /// @notice The packed batch ends inside a vote, or is empty.
    error BatchMalformed(uint256 offset);
    /// @notice A vote of the batch asks a wallet, which gets a fixed allowance of gas, and less than that is left.
    /// @custom:action Send the batch with more gas.
    error NotEnoughGas(uint256 needed);
    /// @notice More votes than a tally has room for: the token is none that this plugin is made for.
    error PowerTooLarge(uint256 power, uint256 max);
    /// @notice The token counts its past votes by something else than block numbers.
    error ClockMismatch(uint256 clock, uint256 blockNumber);
    /// @notice The plugin needs the id of a Snapshot space.
    error SpaceMissing();
    /// @notice This is no TokenVoting: it names no minimum duration of its votes.
    error NoTokenVoting(address tokenVoting);

    /// @notice Registers a proposal before its voting starts; anyone with `minProposerVotingPower` may, for another author with
    /// its signature. Computes the digest on chain, so that what is registered is what voters sign.
    /// @param signature The author's over that digest: 65 bytes, 64 by EIP-2098, or what its ERC-1271 wallet takes. Not looked at
    /// when the author sends it.
    /// @return id EIP-712 digest of the message: the proposal's id on every hub.
    function register(Message calldata message, Action[] calldata actions, bytes calldata signature)
        external
        returns (bytes32 id);

    /// @notice Counts signed votes, from the start of voting to the end of the submission. Per voter the latest signed time
    /// counts; at the same time, the larger digest, as on Snapshot's hubs. A vote that cannot count is left out with a
    /// `VoteRejected` and never stops the others.
    /// @param packed One vote after the other, each: voter (20 bytes), EIP-55 capitals (5), time (5), choice (1), flags (1), then
    /// what the flags ask for, in this order: bit 0 keccak256 of `reason` (32; else the empty one), bit 1 keccak256 of `app`
    /// (32; else the empty one), bit 2 keccak256 of `metadata` (32; else that of `{}`), then the signature: 64 bytes by EIP-2098,
    /// or with bit 3 a length (2) and as many bytes for an ERC-1271 wallet.
    /// @return counted How many votes of the batch were taken. Where a voter stands in it more than once, a later entry that was
    /// taken replaced the earlier one.
    function submitVotes(bytes32 id, bytes calldata packed) external returns (uint256 counted);

    /// @notice Executes what was decided. Anyone may, with the actions that were registered.
    function execute(bytes32 id, Action[] calldata actions) external returns (bytes[] memory results);

    /// @notice Stops a proposal that is not executed yet. Needs VETO_PERMISSION (held by the DAO, so by a TokenVoting vote).
    function veto(bytes32 id) external;

    /// @notice Changes the settings for proposals registered from now on. Needs UPDATE_VOTING_SETTINGS_PERMISSION.
    function updateSettings(Settings calldata settings) external;

    /// @notice The IVotes token whose past votes count.
    function token() external view returns (address);
    /// @notice The DAO's TokenVoting, whose minimum duration bounds the time for a veto from below.
    function tokenVoting() external view returns (address);
    /// @notice Id of the Snapshot space whose messages count, for instance `covey.eth`.
    function space() external view returns (string memory);
    /// @notice Number of the settings in force; they count from 1.
    function settingsVersion() external view returns (uint32);
    function settings(uint32 version) external view returns (Settings memory);
    function getProposal(bytes32 id) external view returns (ProposalView memory);
    /// @notice The vote of an account that counts. Proposals that do not overlap in time use the same storage one after the
    /// other (a vote then costs half), so this answers until the next proposal is registered after the submission has
    /// ended; the tally, and the votes in the events, stay.
    function getVote(bytes32 id, address voter) external view returns (CountedVote memory);
    /// @notice The `plugins` field that a proposal message has to carry, byte for byte:
    /// `{"covey":{"chainId":"<decimal>","plugin":"0x<lower case>","actions":"0x<actionsHash>"}}`.
    function pluginsField(bytes32 actionsHash) external view returns (string memory);
    /// @notice keccak256(abi.encode(actions)).
    function hashActions(Action[] calldata actions) external pure returns (bytes32);
}
