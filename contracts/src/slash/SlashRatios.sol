// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../interfaces/IPolicy.sol";
import {ISlashCourt, Reason} from "../interfaces/ISlashCourt.sol";

/// @title Which governed number each reason is slashed by
library SlashRatios {
    /// @dev `scripts/abi.ts` reads these lines off the source for `slashRatios` of `contracts/abi/policy-numbers.ts`.
    function paramOf(Reason reason) internal pure returns (Param) {
        if (reason == Reason.ResultMismatch) return Param.SlashResultMismatch;
        if (reason == Reason.SubmissionNotRevealed) return Param.SlashNoReveal;
        if (reason == Reason.AttestationNotRevealed) return Param.SlashNoReveal;
        if (reason == Reason.ResultNotRevealed) return Param.SlashNoReveal;
        if (reason == Reason.SubmissionUnavailable) return Param.SlashUnavailable;
        if (reason == Reason.TrainerSilent) return Param.SlashSilence;
        if (reason == Reason.ValidatorSilent) return Param.SlashSilence;
        revert ISlashCourt.UnknownReason(reason);
    }
}
