// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Attestation, AttestationStage, IAttestations} from "../interfaces/IAttestations.sol";
import {Param} from "../interfaces/IPolicy.sol";
import {IResults, ResultStage, ValidatorResult} from "../interfaces/IResults.sol";
import {Candidate, IRoundManager, RoundInfo} from "../interfaces/IRoundManager.sol";
import {Accusation, ISlashCourt, Reason} from "../interfaces/ISlashCourt.sol";
import {ISubmissions, Submission} from "../interfaces/ISubmissions.sol";
import {Commitments} from "../types/Commitments.sol";
import {Role, RoundPhase, VoidReason} from "../types/Types.sol";

/// @title Which facts a closed round shows, and which governed number each is slashed by
/// @notice A round that paid shows what happened in its last attempt. A void one shows only the silence and the withheld
/// reveals that made it void. An attempt that was repeated is like a void round: it shows who was silent where too few seats
/// attested. In every other round and attempt everybody keeps their own.
abstract contract SlashFacts is ISlashCourt {
    /// @dev Of a revealed hash its contracts keep all but the last three bytes.
    bytes32 private constant PREFIX = bytes32(type(uint256).max << 24);

    IRoundManager public immutable roundManager;
    ISubmissions public immutable submissions;
    IAttestations public immutable attestations;
    IResults public immutable results;

    constructor(address roundManager_, address submissions_, address attestations_, address results_) {
        roundManager = IRoundManager(roundManager_);
        submissions = ISubmissions(submissions_);
        attestations = IAttestations(attestations_);
        results = IResults(results_);
    }

    function _proven(Accusation calldata a, RoundInfo memory info) internal view returns (bool) {
        Reason reason = a.reason;
        if (reason == Reason.SubmissionNotRevealed || reason == Reason.TrainerSilent) {
            // One fact, one attempt: a second case must not be opened by another number.
            if (a.attempt != 0 || !(_paid(info) || info.voidReason == VoidReason.NoSubmissions)) return false;
            return reason == Reason.TrainerSilent ? _trainerSilent(a) : _submissionWithheld(a);
        }
        if (reason == Reason.SubmissionUnavailable) return a.attempt == 0 && _paid(info) && _unavailable(a, info);
        if (reason == Reason.AttestationNotRevealed) {
            return _showsAttestations(a, info) && _attestationOf(a).stage == AttestationStage.Committed;
        }
        if (reason == Reason.ValidatorSilent) {
            if (!_showsAttestations(a, info) || _attestationOf(a).stage != AttestationStage.None) return false;
            return _seated(a, Role.Validator);
        }
        if (reason == Reason.ResultNotRevealed) {
            if (a.attempt != info.attempt || !(_paid(info) || info.voidReason == VoidReason.NoResults)) return false;
            return _resultWithheld(a);
        }
        if (reason == Reason.ResultMismatch) return a.attempt == info.attempt && _paid(info) && _mismatched(a);
        revert UnknownReason(reason);
    }

    /// @dev `scripts/abi.ts` reads these lines off the source for `slashRatios` of `contracts/abi/policy-numbers.ts`.
    function _ratioOf(Reason reason) internal pure returns (Param) {
        if (reason == Reason.ResultMismatch) return Param.SlashResultMismatch;
        if (reason == Reason.SubmissionNotRevealed) return Param.SlashNoReveal;
        if (reason == Reason.AttestationNotRevealed) return Param.SlashNoReveal;
        if (reason == Reason.ResultNotRevealed) return Param.SlashNoReveal;
        if (reason == Reason.SubmissionUnavailable) return Param.SlashUnavailable;
        if (reason == Reason.TrainerSilent) return Param.SlashSilence;
        if (reason == Reason.ValidatorSilent) return Param.SlashSilence;
        revert UnknownReason(reason);
    }

    function _paid(RoundInfo memory info) internal pure returns (bool) {
        return info.phase == RoundPhase.Claimable;
    }

    /// @dev Whether silence counts in an attempt. The seats of an earlier one that failed for something else than silence are
    /// excused; where its draw failed there were none.
    function _showsAttestations(Accusation calldata a, RoundInfo memory info) private view returns (bool) {
        if (a.attempt > info.attempt) return false;
        if (a.attempt == info.attempt) return _paid(info) || info.voidReason == VoidReason.NotAttested;
        uint256 revealed = attestations.attestationCounts(a.taskId, a.round, a.attempt).revealedSeats;
        return 2 * revealed < info.validatorSeats;
    }

    function _attestationOf(Accusation calldata a) private view returns (Attestation memory) {
        return attestations.attestation(a.taskId, a.round, a.attempt, a.target);
    }

    function _seated(Accusation calldata a, Role role) private view returns (bool) {
        Candidate memory c = roundManager.candidate(a.taskId, a.round, a.attempt, a.target);
        return c.role == role && c.seats != 0;
    }

    function _submissionWithheld(Accusation calldata a) private view returns (bool) {
        (bytes32 commitment,,) = submissions.commitmentOf(a.taskId, a.round, a.target);
        return commitment != bytes32(0);
    }

    function _trainerSilent(Accusation calldata a) private view returns (bool) {
        if (_submissionWithheld(a) || !_seated(a, Role.Trainer)) return false;
        return submissions.submission(a.taskId, a.round, a.target).committedBlock == 0;
    }

    /// @dev Who had it proves by that alone that it could be had.
    function _unavailable(Accusation calldata a, RoundInfo memory info) private view returns (bool) {
        Submission memory s = submissions.submission(a.taskId, a.round, a.target);
        if (s.committedBlock == 0) return false;
        uint256 revealed = attestations.attestationCounts(a.taskId, a.round, info.attempt).revealedSeats;
        return revealed != 0 && attestations.missingSeats(a.taskId, a.round, info.attempt, s.index) == revealed;
    }

    /// @dev Who commits a result must reveal it. Who attested and commits none must have lacked something that counts: the
    /// accuser brings what the target had revealed, to the bit, which shows that it did not.
    function _resultWithheld(Accusation calldata a) private view returns (bool) {
        ResultStage stage = results.validatorResult(a.taskId, a.round, a.target).stage;
        if (stage == ResultStage.Committed) return true;
        if (stage != ResultStage.None) return false;
        Attestation memory attested = _attestationOf(a);
        if (attested.stage != AttestationStage.Revealed) return false;
        bytes32 said = Commitments.attestationHash(a.ciphertextMissing, a.missing) & PREFIX;
        if (said != attested.hash & PREFIX) return false;
        return !attestations.excused(a.taskId, a.round, a.target, a.ciphertextMissing, a.missing);
    }

    function _mismatched(Accusation calldata a) private view returns (bool) {
        ValidatorResult memory said = results.validatorResult(a.taskId, a.round, a.target);
        if (said.stage != ResultStage.Revealed) return false;
        return said.hash != results.roundResult(a.taskId, a.round).accepted & PREFIX;
    }
}
