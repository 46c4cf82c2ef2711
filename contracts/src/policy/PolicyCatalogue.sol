// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param, ParamDescription} from "../interfaces/IPolicy.sol";

/// @title What each governed number is called, means, may be and starts as
/// @notice The hard bounds here are code: no vote can pass them. Some of them bound what a transaction costs: maxTrainers (a
/// bitmap word for each 256) and validatorSeats (counts are kept in bytes). emissionDaily's is what the community share
/// allows with the default decay and period: 470,000,000 · (1 − 0.9)/30.
library PolicyCatalogue {
    uint256 internal constant COUNT = uint256(type(Param).max) + 1;

    /// @dev Rounded down, so that exactly two of three equal stakes reach it.
    uint256 private constant TWO_THIRDS = 666_666_666_666_666_666;

    function describe(Param param) internal pure returns (ParamDescription memory d) {
        (d.name, d.unit, d.meaning) = _words(param);
        (d.min, d.max) = bounds(param);
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
        if (param == Param.MaxTrainers) return (1, 1024);
        if (param == Param.ValidatorSeats) return (4, 255);
        if (param == Param.MinWindow) return (1, 7 days);
        if (param == Param.MaxWindow) return (60, 60 days);
        if (param == Param.ChallengeWindow) return (60, 30 days);
        if (param == Param.DisputeWindow) return (1 hours, 60 days);
        if (param == Param.AvailabilityThreshold) return (0.5e18, 1e18);
        if (param == Param.AcceptanceThreshold) return (TWO_THIRDS, 1e18);
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
        if (param == Param.MaxSubmissionBytes) return (1024, 4_294_967_296);
        if (param == Param.SlashSilence) return (0, 0.2e18);
        if (param == Param.MinDelegation) return (1, 1000e18);
        if (param == Param.MaxCommission) return (0, 1e18);
        if (param == Param.CommissionNotice) return (0, 60 days);
        if (param == Param.RewardStream) return (1 hours, 90 days);
        if (param == Param.EmissionDaily) return (0, 1_566_666e18);
        if (param == Param.EmissionDecay) return (0, 0.999e18);
        if (param == Param.EmissionPeriod) return (1, 365);
        if (param == Param.TaskStakeQuarterPower) return (0, 4);
        return (0, 30 days);
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
        // Divides by 2, 3, 4, 5, 6, 10 and 12, so that as many equal stakes get equal seats, and two of three reach two thirds.
        values[uint256(Param.ValidatorSeats)] = 60;
        values[uint256(Param.MinWindow)] = 60;
        values[uint256(Param.MaxWindow)] = 7 days;
        values[uint256(Param.ChallengeWindow)] = 1 days;
        values[uint256(Param.DisputeWindow)] = 7 days;
        values[uint256(Param.AvailabilityThreshold)] = TWO_THIRDS;
        values[uint256(Param.AcceptanceThreshold)] = TWO_THIRDS;
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
        values[uint256(Param.SlashSilence)] = 0.01e18;
        values[uint256(Param.MinDelegation)] = 10e18;
        values[uint256(Param.MaxCommission)] = 0.5e18;
        values[uint256(Param.CommissionNotice)] = 7 days;
        values[uint256(Param.RewardStream)] = 7 days;
        values[uint256(Param.EmissionDaily)] = 1_500_000e18;
        values[uint256(Param.EmissionDecay)] = 0.9e18;
        values[uint256(Param.EmissionPeriod)] = 30;
        values[uint256(Param.TaskStakeQuarterPower)] = 2;
        values[uint256(Param.PolicyNotice)] = 1 hours;
    }

    function _words(Param param) private pure returns (string memory, string memory, string memory) {
        if (param == Param.Gamma) {
            return
                (
                    "gamma",
                    "ratio",
                    "Evens out the role split: 0 splits a round's pool by stake, 0.5 gives each role half."
                );
        }
        if (param == Param.RankRatio) {
            return ("rankRatio", "ratio", "Rank weight of each place relative to the place above it.");
        }
        if (param == Param.DelegationWeight) {
            return ("delegationWeight", "ratio", "How much delegated stake counts beside own stake.");
        }
        if (param == Param.TrainerStakeQuarterPower) {
            return ("trainerStakeQuarterPower", "quarter", "Stake power of training nodes: stake to the power k/4.");
        }
        if (param == Param.ValidatorStakeQuarterPower) {
            return ("validatorStakeQuarterPower", "quarter", "Stake power of validators: stake to the power k/4.");
        }
        if (param == Param.UnlockRatio) {
            return ("unlockRatio", "ratio", "Part of a training node's reward that is paid at once; the rest vests.");
        }
        if (param == Param.VestingDuration) {
            return ("vestingDuration", "seconds", "How long the vested part unlocks, linearly from when claims open.");
        }
        if (param == Param.MinTrainerStake) {
            return ("minTrainerStake", "wei", "Least own stake with which a training node's submission is taken.");
        }
        if (param == Param.MinValidatorStake) {
            return ("minValidatorStake", "wei", "Least own stake with which a validator may join a round.");
        }
        if (param == Param.CreationStake) {
            return ("creationStake", "wei", "Stake for proposing a task; lost when a validation key is withheld.");
        }
        if (param == Param.MaxTrainers) {
            return
                (
                    "maxTrainers",
                    "count",
                    "Most submissions a round; validators attest with a word for each 256 of them."
                );
        }
        if (param == Param.ValidatorSeats) {
            return (
                "validatorSeats",
                "count",
                "Seats of a round, drawn among its candidates by stake; each is one part of the verdict."
            );
        }
        if (param == Param.MinWindow) {
            return ("minWindow", "seconds", "Shortest window that a task may ask for.");
        }
        if (param == Param.MaxWindow) {
            return ("maxWindow", "seconds", "Longest window that a task may ask for.");
        }
        if (param == Param.ChallengeWindow) {
            return ("challengeWindow", "seconds", "How long an accepted result may be challenged.");
        }
        if (param == Param.DisputeWindow) {
            return ("disputeWindow", "seconds", "How long the DAO has to rule on a dispute before the round is void.");
        }
        if (param == Param.AvailabilityThreshold) {
            return
                ("availabilityThreshold", "ratio", "Part of the attesting seats that must have fetched a submission.");
        }
        if (param == Param.AcceptanceThreshold) {
            return ("acceptanceThreshold", "ratio", "Part of the revealed seats that must be on one result.");
        }
        if (param == Param.ValidatorQuorum) {
            return ("validatorQuorum", "ratio", "Part of the seats that must attest, and that must reveal.");
        }
        if (param == Param.ChallengeBond) {
            return ("challengeBond", "wei", "Bond of a challenge; lost unless the ruling is the challenger's result.");
        }
        if (param == Param.UnstakeCooldown) {
            return
                (
                    "unstakeCooldown",
                    "seconds",
                    "Wait before unstaked tokens leave; must outlast a round with its windows."
                );
        }
        if (param == Param.AppealWindow) {
            return ("appealWindow", "seconds", "How long the DAO may overturn a slash case.");
        }
        if (param == Param.SlashResultMismatch) {
            return
                ("slashResultMismatch", "ratio", "Slash of a validator whose revealed result is not the accepted one.");
        }
        if (param == Param.SlashNoReveal) {
            return ("slashNoReveal", "ratio", "Slash for a commitment that was never revealed.");
        }
        if (param == Param.SlashUnavailable) {
            return ("slashUnavailable", "ratio", "Slash for a revealed submission that no validator could fetch.");
        }
        if (param == Param.ReporterShare) {
            return ("reporterShare", "ratio", "Part of a slash that goes to the reporter.");
        }
        if (param == Param.ArenaMargin) {
            return ("arenaMargin", "ratio", "How much better than the base model an arena submission must be.");
        }
        if (param == Param.MarketFee) {
            return ("marketFee", "ratio", "Part of each model sale that goes to the DAO.");
        }
        if (param == Param.MaxSubmissionBytes) {
            return ("maxSubmissionBytes", "bytes", "Largest submission that validators score.");
        }
        if (param == Param.SlashSilence) {
            return ("slashSilence", "ratio", "Slash of a validator that drew a seat and did not attest.");
        }
        if (param == Param.MinDelegation) {
            return ("minDelegation", "wei", "Least stake that can be delegated at a time.");
        }
        if (param == Param.MaxCommission) {
            return ("maxCommission", "ratio", "Highest commission a node may take of what its delegators' stake earns.");
        }
        if (param == Param.CommissionNotice) {
            return ("commissionNotice", "seconds", "How long before a higher commission holds.");
        }
        if (param == Param.RewardStream) {
            return ("rewardStream", "seconds", "How long a reward is streamed to a node's delegators.");
        }
        if (param == Param.EmissionDaily) {
            return ("emissionDaily", "wei", "What a mint of the first period is, shared among running tasks.");
        }
        if (param == Param.EmissionDecay) {
            return ("emissionDecay", "ratio", "What each mint of a period is relative to the period before.");
        }
        if (param == Param.EmissionPeriod) {
            return ("emissionPeriod", "count", "Mints after which the emission decays.");
        }
        if (param == Param.TaskStakeQuarterPower) {
            return (
                "taskStakeQuarterPower",
                "quarter",
                "How stake counts in a task's share of the emission: stake to the power k/4."
            );
        }
        return ("policyNotice", "seconds", "How long before a decided change of these numbers or of the scorer holds.");
    }
}
