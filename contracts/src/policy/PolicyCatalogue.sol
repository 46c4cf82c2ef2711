// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param, ParamDescription} from "../interfaces/IPolicy.sol";

/// @title What each governed number is called, means, may be and starts as
/// @notice The hard bounds here are code: no vote can pass them. Two of them bound loops: maxTrainers (one bitmap word
/// holds 256, and 240 transfers of a forfeited creation stake stay below 2^24 gas) and maxValidators.
/// Two thirds is rounded down (666666666666666666), so that exactly two of three equal stakes reach it.
library PolicyCatalogue {
    uint256 internal constant COUNT = uint256(type(Param).max) + 1;

    function describe(Param param) internal pure returns (ParamDescription memory) {
        if (param == Param.Gamma) {
            return ParamDescription(
                "gamma",
                "ratio",
                0,
                0.5e18,
                "Evens out the role split: 0 splits a round's pool by stake, 0.5 gives each role half."
            );
        }
        if (param == Param.RankRatio) {
            return ParamDescription(
                "rankRatio", "ratio", 0, 1e18, "Rank weight of each place relative to the place above it."
            );
        }
        if (param == Param.DelegationWeight) {
            return
                ParamDescription(
                    "delegationWeight", "ratio", 0, 1e18, "How much delegated stake counts beside own stake."
                );
        }
        if (param == Param.TrainerStakeQuarterPower) {
            return ParamDescription(
                "trainerStakeQuarterPower", "quarter", 0, 4, "Stake power of training nodes: stake to the power k/4."
            );
        }
        if (param == Param.ValidatorStakeQuarterPower) {
            return ParamDescription(
                "validatorStakeQuarterPower", "quarter", 0, 4, "Stake power of validators: stake to the power k/4."
            );
        }
        if (param == Param.UnlockRatio) {
            return ParamDescription(
                "unlockRatio",
                "ratio",
                0,
                1e18,
                "Part of a training node's reward that is paid at once; the rest vests."
            );
        }
        if (param == Param.VestingDuration) {
            return ParamDescription(
                "vestingDuration",
                "seconds",
                0,
                1460 days,
                "How long the vested part unlocks, linearly from when claims open."
            );
        }
        if (param == Param.MinTrainerStake) {
            return ParamDescription(
                "minTrainerStake", "wei", 1e18, 10_000_000e18, "Least own stake with which a training node may commit."
            );
        }
        if (param == Param.MinValidatorStake) {
            return ParamDescription(
                "minValidatorStake",
                "wei",
                1e18,
                10_000_000e18,
                "Least own stake with which a validator may join a round."
            );
        }
        if (param == Param.CreationStake) {
            return ParamDescription(
                "creationStake",
                "wei",
                1e18,
                10_000_000e18,
                "Stake for proposing a task; lost when a validation key is withheld."
            );
        }
        if (param == Param.MaxTrainers) {
            return ParamDescription(
                "maxTrainers",
                "count",
                1,
                240,
                "Most submissions a round; what pays them all must fit into one transaction."
            );
        }
        if (param == Param.MaxValidators) {
            return ParamDescription(
                "maxValidators", "count", 1, 32, "Most validators a round; bounds the availability count."
            );
        }
        if (param == Param.MinWindow) {
            return ParamDescription("minWindow", "seconds", 1, 7 days, "Shortest window that a task may ask for.");
        }
        if (param == Param.MaxWindow) {
            return ParamDescription("maxWindow", "seconds", 60, 60 days, "Longest window that a task may ask for.");
        }
        if (param == Param.ChallengeWindow) {
            return ParamDescription(
                "challengeWindow", "seconds", 60, 30 days, "How long an accepted result may be challenged."
            );
        }
        if (param == Param.DisputeWindow) {
            return ParamDescription(
                "disputeWindow",
                "seconds",
                1 hours,
                60 days,
                "How long the DAO has to rule on a dispute before the round is void."
            );
        }
        if (param == Param.AvailabilityThreshold) {
            return ParamDescription(
                "availabilityThreshold",
                "ratio",
                0.5e18,
                1e18,
                "Part of the attesting stake that must have fetched a submission."
            );
        }
        if (param == Param.AcceptanceThreshold) {
            return ParamDescription(
                "acceptanceThreshold",
                "ratio",
                666_666_666_666_666_666,
                1e18,
                "Part of the revealed stake that must be on one result."
            );
        }
        if (param == Param.ValidatorQuorum) {
            return ParamDescription(
                "validatorQuorum",
                "ratio",
                0.5e18,
                1e18,
                "Part of the selected stake that must attest, and that must reveal."
            );
        }
        if (param == Param.ChallengeBond) {
            return ParamDescription(
                "challengeBond",
                "wei",
                1e18,
                1_000_000e18,
                "Bond of a challenge; lost unless the ruling is the challenger's result."
            );
        }
        if (param == Param.UnstakeCooldown) {
            return ParamDescription(
                "unstakeCooldown",
                "seconds",
                1 hours,
                1460 days,
                "Wait before unstaked tokens leave; must outlast a round with its windows."
            );
        }
        if (param == Param.AppealWindow) {
            return ParamDescription(
                "appealWindow", "seconds", 1 hours, 60 days, "How long the DAO may overturn a slash case."
            );
        }
        if (param == Param.SlashResultMismatch) {
            return ParamDescription(
                "slashResultMismatch",
                "ratio",
                0,
                0.5e18,
                "Slash of a validator whose revealed result is not the accepted one."
            );
        }
        if (param == Param.SlashNoReveal) {
            return
                ParamDescription("slashNoReveal", "ratio", 0, 0.2e18, "Slash for a commitment that was never revealed.");
        }
        if (param == Param.SlashUnavailable) {
            return ParamDescription(
                "slashUnavailable",
                "ratio",
                0,
                0.2e18,
                "Slash for a revealed submission that validators could not fetch."
            );
        }
        if (param == Param.ReporterShare) {
            return ParamDescription("reporterShare", "ratio", 0, 0.25e18, "Part of a slash that goes to the reporter.");
        }
        if (param == Param.ArenaMargin) {
            return ParamDescription(
                "arenaMargin", "ratio", 0, 0.5e18, "How much better than the base model an arena submission must be."
            );
        }
        if (param == Param.MarketFee) {
            return ParamDescription("marketFee", "ratio", 0, 0.2e18, "Part of each model sale that goes to the DAO.");
        }
        return ParamDescription(
            "maxSubmissionBytes", "bytes", 1024, 4_294_967_296, "Largest submission that validators score."
        );
    }

    /// @dev Bounds alone, for checking a change without building strings.
    function bounds(Param param) internal pure returns (uint256 min, uint256 max) {
        if (param == Param.Gamma) return (0, 0.5e18);
        if (param == Param.RankRatio) return (0, 1e18);
        if (param == Param.DelegationWeight) return (0, 1e18);
        if (param == Param.TrainerStakeQuarterPower) return (0, 4);
        if (param == Param.ValidatorStakeQuarterPower) return (0, 4);
        if (param == Param.UnlockRatio) return (0, 1e18);
        if (param == Param.VestingDuration) return (0, 1460 days);
        if (param == Param.MinTrainerStake) return (1e18, 10_000_000e18);
        if (param == Param.MinValidatorStake) return (1e18, 10_000_000e18);
        if (param == Param.CreationStake) return (1e18, 10_000_000e18);
        if (param == Param.MaxTrainers) return (1, 240);
        if (param == Param.MaxValidators) return (1, 32);
        if (param == Param.MinWindow) return (1, 7 days);
        if (param == Param.MaxWindow) return (60, 60 days);
        if (param == Param.ChallengeWindow) return (60, 30 days);
        if (param == Param.DisputeWindow) return (1 hours, 60 days);
        if (param == Param.AvailabilityThreshold) return (0.5e18, 1e18);
        if (param == Param.AcceptanceThreshold) return (666_666_666_666_666_666, 1e18);
        if (param == Param.ValidatorQuorum) return (0.5e18, 1e18);
        if (param == Param.ChallengeBond) return (1e18, 1_000_000e18);
        if (param == Param.UnstakeCooldown) return (1 hours, 1460 days);
        if (param == Param.AppealWindow) return (1 hours, 60 days);
        if (param == Param.SlashResultMismatch) return (0, 0.5e18);
        if (param == Param.SlashNoReveal) return (0, 0.2e18);
        if (param == Param.SlashUnavailable) return (0, 0.2e18);
        if (param == Param.ReporterShare) return (0, 0.25e18);
        if (param == Param.ArenaMargin) return (0, 0.5e18);
        if (param == Param.MarketFee) return (0, 0.2e18);
        return (1024, 4_294_967_296);
    }

    /// @notice Values with which a new deployment starts, in the order of `Param`.
    function defaults() internal pure returns (uint256[] memory values) {
        values = new uint256[](COUNT);
        values[uint256(Param.Gamma)] = 0;
        values[uint256(Param.RankRatio)] = 0.9e18;
        values[uint256(Param.DelegationWeight)] = 0.5e18;
        values[uint256(Param.TrainerStakeQuarterPower)] = 4;
        values[uint256(Param.ValidatorStakeQuarterPower)] = 4;
        values[uint256(Param.UnlockRatio)] = 0.4e18;
        values[uint256(Param.VestingDuration)] = 30 days;
        values[uint256(Param.MinTrainerStake)] = 1000e18;
        values[uint256(Param.MinValidatorStake)] = 5000e18;
        values[uint256(Param.CreationStake)] = 10_000e18;
        values[uint256(Param.MaxTrainers)] = 64;
        values[uint256(Param.MaxValidators)] = 16;
        values[uint256(Param.MinWindow)] = 60;
        values[uint256(Param.MaxWindow)] = 7 days;
        values[uint256(Param.ChallengeWindow)] = 1 days;
        values[uint256(Param.DisputeWindow)] = 7 days;
        values[uint256(Param.AvailabilityThreshold)] = 666_666_666_666_666_666;
        values[uint256(Param.AcceptanceThreshold)] = 666_666_666_666_666_666;
        values[uint256(Param.ValidatorQuorum)] = 0.5e18;
        values[uint256(Param.ChallengeBond)] = 2000e18;
        values[uint256(Param.UnstakeCooldown)] = 56 days;
        values[uint256(Param.AppealWindow)] = 3 days;
        values[uint256(Param.SlashResultMismatch)] = 0.3e18;
        values[uint256(Param.SlashNoReveal)] = 0.05e18;
        values[uint256(Param.SlashUnavailable)] = 0.05e18;
        values[uint256(Param.ReporterShare)] = 0.1e18;
        values[uint256(Param.ArenaMargin)] = 0.001e18;
        values[uint256(Param.MarketFee)] = 0.025e18;
        values[uint256(Param.MaxSubmissionBytes)] = 67_108_864;
    }
}
