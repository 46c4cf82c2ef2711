// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IDAO} from "@aragon/osx-commons-contracts/src/dao/IDAO.sol";
import {Action} from "@aragon/osx-commons-contracts/src/executors/IExecutor.sol";
import {Plugin} from "@aragon/osx-commons-contracts/src/plugin/Plugin.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC6372} from "@openzeppelin/contracts/interfaces/IERC6372.sol";
import {UPDATE_VOTING_SETTINGS_PERMISSION, VETO_PERMISSION} from "../permission/Permissions.sol";
import {AuthorSignature} from "./AuthorSignature.sol";
import {ISnapshotVoting} from "./ISnapshotVoting.sol";
import {PackedVote} from "./PackedVote.sol";
import {SnapshotMessages} from "./SnapshotMessages.sol";
import {SnapshotProposal} from "./SnapshotProposal.sol";
import {VetoTime} from "./VetoTime.sol";
import {VoteCount} from "./VoteCount.sol";
import {VoteSlot} from "./VoteSlot.sol";
import {VoteTally} from "./VoteTally.sol";
import {VotingSettings} from "./VotingSettings.sol";

/// @title SnapshotVoting
/// @dev Constructable, so its code never changes; a new version is a new plugin that the DAO installs beside this one.
contract SnapshotVoting is ISnapshotVoting, Plugin {
    using SnapshotProposal for SnapshotProposal.Stored;
    using VoteTally for VoteTally.Stored;
    using VoteTally for VoteTally.Tally;
    using VotingSettings for Settings;
    using VotingSettings for VotingSettings.Stored;

    /// @notice Longest voting period.
    uint256 public constant MAX_DURATION = 365 days;
    /// @notice Latest start, from the registration on.
    uint256 public constant MAX_LEAD = 30 days;
    /// @notice As many as an OSx DAO executes at once.
    uint256 public constant MAX_ACTIONS = 256;
    /// @dev As many as a byte of a packed vote counts.
    uint256 internal constant MAX_CHOICES = 255;

    IVotes private immutable TOKEN;
    /// @dev Asked for its minimum duration. A DAO that votes by another one later installs another plugin.
    address private immutable TOKEN_VOTING;
    /// @dev keccak256 of the space's id.
    bytes32 private immutable SPACE;

    string private _space;
    uint32 private _settingsVersion;
    uint32 private _proposalCount;
    /// @dev Four moments of 40 bits, until when each lane is in use.
    uint160 private _lanes;
    mapping(uint32 version => VotingSettings.Stored) private _settings;
    mapping(bytes32 id => SnapshotProposal.Stored) private _proposals;
    /// @dev The lane is 0…3, or the id of a proposal that found all of them in use.
    mapping(bytes32 lane => mapping(address voter => uint256 word)) private _votes;

    /// @param token_ Answers for past votes by block number.
    /// @param tokenVoting_ The DAO's TokenVoting, by which it vetoes.
    /// @param space_ Id of the Snapshot space, for instance `covey.eth`.
    constructor(IDAO dao_, address token_, address tokenVoting_, string memory space_, Settings memory settings_)
        Plugin(dao_)
    {
        if (bytes(space_).length == 0) revert SpaceMissing();
        (bool answered,) = VetoTime.neededBy(tokenVoting_);
        if (!answered) revert NoTokenVoting(tokenVoting_);
        // Tokens older than ERC-6372 have no clock and count by blocks.
        try IERC6372(token_).clock() returns (uint48 clock) {
            if (clock != block.number) revert ClockMismatch(clock, block.number);
        } catch {}
        TOKEN = IVotes(token_);
        TOKEN_VOTING = tokenVoting_;
        SPACE = keccak256(bytes(space_));
        _space = space_;
        _updateSettings(settings_);
    }

    /// @inheritdoc ISnapshotVoting
    function register(Message calldata message, Action[] calldata actions, bytes calldata signature)
        external
        returns (bytes32 id)
    {
        if (actions.length == 0) revert NoActions();
        if (actions.length > MAX_ACTIONS) revert TooManyActions(actions.length, MAX_ACTIONS);
        bytes32 actionsHash = hashActions(actions);
        id = SnapshotMessages.proposalDigest(message, SPACE, keccak256(bytes(pluginsField(actionsHash))));
        SnapshotProposal.Stored storage proposal = _proposals[id];
        if (proposal.submissionEnd != 0) revert AlreadyRegistered(id);

        uint32 version = _settingsVersion;
        VotingSettings.Stored memory rules = _settings[version];
        _checkPower(rules.minProposerVotingPower);
        _checkTimes(message, rules);
        _checkChoices(message);
        AuthorSignature.check(message.author, id, signature);

        proposal.start = message.start;
        proposal.end = message.end;
        proposal.snapshot = message.snapshot;
        proposal.submissionEnd = message.end + rules.submissionWindow;
        proposal.settingsVersion = version;
        proposal.voteType = message.voteType;
        proposal.choices = uint8(message.choices.length);
        (proposal.number, proposal.lane) = _takeLane(message.end + 2 * uint256(rules.submissionWindow));
        proposal.actionsHash = actionsHash;
        _setMinPower(proposal, rules.minParticipation);
        emit ProposalRegistered(id, msg.sender, message, actions);
    }

    /// @inheritdoc ISnapshotVoting
    function submitVotes(bytes32 id, bytes calldata packed) external returns (uint256 counted) {
        bytes memory taken = VoteCount.open(packed);
        VoteTally.Tally memory tally = VoteCount.tally();
        SnapshotProposal.Stored storage proposal = _proposals[id];
        _begin(id, proposal, tally);
        if (packed.length == 0) revert BatchMalformed(0);
        uint256 position;
        assembly ("memory-safe") {
            position := packed.offset
        }
        uint256 end = position + packed.length;
        for (uint256 index; position < end;) {
            (uint256 next, Rejection reason) = VoteCount.add(position, end);
            if (reason != Rejection.None) emit VoteRejected(id, index, PackedVote.voterAt(position), reason);
            position = next;
            unchecked {
                ++index;
            }
        }
        counted = VoteCount.close(taken);
        if (counted != 0) _finish(id, proposal, tally, taken);
    }

    /// @inheritdoc ISnapshotVoting
    function execute(bytes32 id, Action[] calldata actions) external returns (bytes[] memory results) {
        SnapshotProposal.Stored storage proposal = _proposals[id];
        proposal.requireState(id, _settings, TOKEN_VOTING, 1 << uint256(State.Executable));
        bytes32 actionsHash = hashActions(actions);
        if (actionsHash != proposal.actionsHash) revert ActionsMismatch(proposal.actionsHash, actionsHash);
        proposal.status = SnapshotProposal.Status.Executed;
        emit ProposalExecuted(id, msg.sender);
        // No action may fail.
        (results,) = _execute(id, actions, 0);
    }

    /// @inheritdoc ISnapshotVoting
    function veto(bytes32 id) external auth(VETO_PERMISSION) {
        SnapshotProposal.Stored storage proposal = _proposals[id];
        proposal.requireState(
            id,
            _settings,
            TOKEN_VOTING,
            1 << uint256(State.Pending) | 1 << uint256(State.Active) | 1 << uint256(State.Submission) | 1
                << uint256(State.Queued) | 1 << uint256(State.Executable)
        );
        proposal.status = SnapshotProposal.Status.Vetoed;
        emit ProposalVetoed(id);
    }

    /// @inheritdoc ISnapshotVoting
    function updateSettings(Settings calldata settings_) external auth(UPDATE_VOTING_SETTINGS_PERMISSION) {
        _updateSettings(settings_);
    }

    /// @inheritdoc ISnapshotVoting
    function token() external view returns (address) {
        return address(TOKEN);
    }

    /// @inheritdoc ISnapshotVoting
    function tokenVoting() external view returns (address) {
        return TOKEN_VOTING;
    }

    /// @inheritdoc ISnapshotVoting
    function space() external view returns (string memory) {
        return _space;
    }

    /// @inheritdoc ISnapshotVoting
    function settingsVersion() external view returns (uint32) {
        return _settingsVersion;
    }

    /// @inheritdoc ISnapshotVoting
    function settings(uint32 version) external view returns (Settings memory) {
        return _settings[version].told();
    }

    /// @inheritdoc ISnapshotVoting
    function getProposal(bytes32 id) external view returns (ProposalView memory) {
        return _proposals[id].told(_settings, TOKEN_VOTING);
    }

    /// @inheritdoc ISnapshotVoting
    function getVote(bytes32 id, address voter) external view returns (CountedVote memory vote) {
        SnapshotProposal.Stored storage proposal = _proposals[id];
        uint256 number = proposal.number;
        uint256 word = _votesOf(id, proposal.lane)[voter];
        if (number != 0 && VoteSlot.isOf(word, VoteSlot.numbered(number))) {
            vote = CountedVote(VoteSlot.choiceOf(word), VoteSlot.timestampOf(word), VoteSlot.digestOf(word));
        }
    }

    /// @inheritdoc ISnapshotVoting
    function pluginsField(bytes32 actionsHash) public view returns (string memory) {
        return SnapshotMessages.pluginsField(block.chainid, address(this), actionsHash);
    }

    /// @inheritdoc ISnapshotVoting
    function hashActions(Action[] calldata actions) public pure returns (bytes32) {
        return keccak256(abi.encode(actions));
    }

    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return interfaceId == type(ISnapshotVoting).interfaceId || super.supportsInterface(interfaceId);
    }

    function _begin(bytes32 id, SnapshotProposal.Stored storage proposal, VoteTally.Tally memory tally) private view {
        uint256 start = proposal.start;
        if (
            proposal.status != SnapshotProposal.Status.Open || block.timestamp < start
                || block.timestamp > proposal.submissionEnd
        ) {
            uint256 open = 1 << uint256(State.Active) | 1 << uint256(State.Submission);
            proposal.requireState(id, _settings, TOKEN_VOTING, open);
        }
        VoteCount.setMessage(id, SPACE);
        VoteCount.setTerms(start, proposal.end, proposal.choices, proposal.voteType == VoteType.Basic, proposal.number);
        VoteCount.setLookup(_votesOf(id, proposal.lane), address(TOKEN), proposal.snapshot);
        proposal.tally.loadTo(tally);
    }

    /// @dev Stores what a batch changed, once.
    function _finish(
        bytes32 id,
        SnapshotProposal.Stored storage proposal,
        VoteTally.Tally memory tally,
        bytes memory taken
    ) private {
        VotingSettings.Stored storage rules = _settings[proposal.settingsVersion];
        uint256 threshold = rules.supportThreshold;
        bool passed = proposal.tally.load().passes(threshold);
        proposal.tally.store(tally);
        emit VotesSubmitted(id, msg.sender, taken, tally.told());
        if (tally.passes(threshold) != passed) proposal.extend(id, rules);
    }

    /// @param until When the proposal's last votes can come.
    function _takeLane(uint256 until) private returns (uint32 number, uint8) {
        (uint256 lane, uint256 lanes) = VoteSlot.take(_lanes, until);
        number = ++_proposalCount;
        _lanes = uint160(lanes);
        return (number, uint8(lane));
    }

    function _setMinPower(SnapshotProposal.Stored storage proposal, uint256 minParticipation) private {
        uint256 supply = TOKEN.getPastTotalSupply(proposal.snapshot);
        // Rounded up: participation is at least this part.
        proposal.tally.open((supply * minParticipation + VotingSettings.RATIO_BASE - 1) / VotingSettings.RATIO_BASE);
    }

    function _votesOf(bytes32 id, uint256 lane) private view returns (mapping(address => uint256) storage) {
        return _votes[lane == VoteSlot.NO_LANE ? id : bytes32(lane)];
    }

    function _checkPower(uint256 needed) private view {
        // One block ago, so that tokens borrowed for one transaction do not count.
        uint256 power = TOKEN.getPastVotes(msg.sender, block.number - 1);
        if (power < needed) revert NotEnoughPower(msg.sender, power, needed);
    }

    function _checkTimes(Message calldata message, VotingSettings.Stored memory rules) private view {
        if (message.start <= block.timestamp) revert StartPassed(message.start, block.timestamp);
        if (message.start > block.timestamp + MAX_LEAD) revert StartTooFar(message.start, block.timestamp + MAX_LEAD);
        uint256 duration = message.end < message.start ? 0 : message.end - message.start;
        if (duration < rules.minDuration || duration > MAX_DURATION) {
            revert DurationOutOfBounds(duration, rules.minDuration, MAX_DURATION);
        }
        uint256 oldest = block.number > rules.maxSnapshotAge ? block.number - rules.maxSnapshotAge : 0;
        if (message.snapshot < oldest || message.snapshot >= block.number) {
            revert SnapshotOutOfBounds(message.snapshot, oldest, block.number - 1);
        }
    }

    function _checkChoices(Message calldata message) private pure {
        bytes32[] calldata choices = message.choices;
        bool valid = message.voteType == VoteType.Basic
            ? choices.length == 3 && choices[0] == SnapshotMessages.FOR && choices[1] == SnapshotMessages.AGAINST
                && choices[2] == SnapshotMessages.ABSTAIN
            : choices.length >= 2 && choices.length <= MAX_CHOICES;
        if (!valid) revert ChoicesInvalid();
    }

    function _updateSettings(Settings memory settings_) private {
        uint32 version = ++_settingsVersion;
        // 0 where TokenVoting does not answer: that must not keep the DAO from changing settings.
        (, uint256 vetoTime) = VetoTime.neededBy(TOKEN_VOTING);
        _settings[version] = settings_.checked(TOKEN.getPastTotalSupply(block.number - 1), vetoTime);
        emit SettingsUpdated(version, settings_);
    }
}
