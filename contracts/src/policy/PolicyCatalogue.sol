// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice Every governed number. Ratios are scaled by 1e18, durations are seconds, stakes are wei.
enum Param {
    Gamma,
    RankRatio,
    DelegationWeight,
    TrainerStakeQuarterPower,
    ValidatorStakeQuarterPower,
    UnlockRatio,
    VestingDuration,
    MinTrainerStake,
    MinValidatorStake,
    CreationStake,
    MaxTrainers,
    ValidatorSeats,
    MinWindow,
    MaxWindow,
    ChallengeWindow,
    DisputeWindow,
    AvailabilityThreshold,
    AcceptanceThreshold,
    ValidatorQuorum,
    ChallengeBond,
    UnstakeCooldown,
    AppealWindow,
    SlashResultMismatch,
    SlashNoReveal,
    SlashUnavailable,
    ReporterShare,
    ArenaMargin,
    MarketFee,
    MaxSubmissionBytes,
    SlashSilence,
    MinDelegation,
    MaxCommission,
    CommissionNotice,
    RewardStream,
    EmissionDaily,
    EmissionDecay,
    EmissionPeriod,
    TaskStakeQuarterPower,
    PolicyNotice
}

/// @param name Stable camelCase name, the key of translations.
/// @param unit "ratio" (1e18 = 1), "wei", "seconds", "count", "bytes" or "quarter" (exponent k/4).
/// @param topic Under which heading pages show it.
/// @param min Hard bound, like `max`: code, which no vote can pass.
/// @param initial What a new deployment starts with.
struct ParamDescription {
    string name;
    string unit;
    string topic;
    uint256 min;
    uint256 max;
    uint256 initial;
    string meaning;
}

/// @title What each governed number is called, means, may be and starts as: a row a number
/// @notice The hard bounds here are code: no vote can pass them.
/// @dev `scripts/abi.ts` reads the rows off the source for `contracts/abi/policy-numbers.ts`: literals and constants only.
library PolicyCatalogue {
    uint256 internal constant COUNT = uint256(type(Param).max) + 1;

    /// @dev Rounded down, so that exactly two of three equal stakes reach it.
    uint256 private constant TWO_THIRDS = 666_666_666_666_666_666;

    /// @notice A member of `Param` has no row here.
    error ParamWithoutRow(Param param);

    function describe(Param param) internal pure returns (ParamDescription memory) {
        // Name, unit, topic, least, most, at the start; meaning. Kept from the formatter, which gives every argument a line.
        // forgefmt: disable-start
        if (param == Param.Gamma) return ParamDescription("gamma", "ratio", "rewards", 0, 0.5e18, 0,
            "Evens out the role split: 0 splits a round's pool by stake, 0.5 gives each role half.");
        if (param == Param.RankRatio) return ParamDescription("rankRatio", "ratio", "rewards", 0, 1e18, 0.9e18,
            "Rank weight of each place relative to the place above it.");
        if (param == Param.DelegationWeight) return ParamDescription("delegationWeight", "ratio", "rewards", 0, 1e18, 0.5e18,
            "How much delegated stake counts beside own stake.");
        if (param == Param.TrainerStakeQuarterPower) return ParamDescription("trainerStakeQuarterPower", "quarter", "rewards", 0, 4, 4,
            "Stake power of training nodes: stake to the power k/4.");
        if (param == Param.ValidatorStakeQuarterPower) return ParamDescription("validatorStakeQuarterPower", "quarter", "rewards", 0, 4, 4,
            "Stake power of validators: stake to the power k/4.");
        if (param == Param.UnlockRatio) return ParamDescription("unlockRatio", "ratio", "rewards", 0, 1e18, 0.4e18,
            "Part of a training node's reward that is paid at once; the rest vests.");
        if (param == Param.VestingDuration) return ParamDescription("vestingDuration", "seconds", "rewards", 0, 1460 days, 30 days,
            "How long the vested part unlocks, linearly from when claims open.");
        if (param == Param.MinTrainerStake) return ParamDescription("minTrainerStake", "wei", "stakes", 1e18, 10_000_000e18, 1000e18,
            "Least own stake with which a training node's submission is taken.");
        if (param == Param.MinValidatorStake) return ParamDescription("minValidatorStake", "wei", "stakes", 1e18, 10_000_000e18, 5000e18,
            "Least own stake with which a validator may join a round.");
        if (param == Param.CreationStake) return ParamDescription("creationStake", "wei", "stakes", 1e18, 10_000_000e18, 10_000e18,
            "Stake for proposing a task; lost when a validation key is withheld.");
        // At most what an attestation can pay for: a bitmap word for each 256.
        if (param == Param.MaxTrainers) return ParamDescription("maxTrainers", "count", "rounds", 1, 1024, 64,
            "Most submissions a round; validators attest with a word for each 256 of them.");
        // Its start divides by 2, 3, 4, 5, 6, 10 and 12, so that as many equal stakes get equal seats, and two of three reach
        // two thirds.
        if (param == Param.ValidatorSeats) return ParamDescription("validatorSeats", "count", "rounds", 4, 255, 60,
            "Seats of a round, drawn among its candidates by stake; each is one part of the verdict.");
        if (param == Param.MinWindow) return ParamDescription("minWindow", "seconds", "rounds", 1, 7 days, 60,
            "Shortest window that a task may ask for.");
        if (param == Param.MaxWindow) return ParamDescription("maxWindow", "seconds", "rounds", 60, 60 days, 7 days,
            "Longest window that a task may ask for.");
        if (param == Param.ChallengeWindow) return ParamDescription("challengeWindow", "seconds", "rounds", 60, 30 days, 1 days,
            "How long an accepted result may be challenged.");
        if (param == Param.DisputeWindow) return ParamDescription("disputeWindow", "seconds", "rounds", 1 hours, 60 days, 7 days,
            "How long the DAO has to rule on a dispute before the round is void.");
        if (param == Param.AvailabilityThreshold) return ParamDescription("availabilityThreshold", "ratio", "rounds", 0.5e18, 1e18, TWO_THIRDS,
            "Part of the attesting seats that must have fetched a submission.");
        if (param == Param.AcceptanceThreshold) return ParamDescription("acceptanceThreshold", "ratio", "rounds", TWO_THIRDS, 1e18, TWO_THIRDS,
            "Part of the revealed seats that must be on one result.");
        if (param == Param.ValidatorQuorum) return ParamDescription("validatorQuorum", "ratio", "rounds", 0.5e18, 1e18, 0.5e18,
            "Part of the seats that must attest, and that must reveal.");
        if (param == Param.ChallengeBond) return ParamDescription("challengeBond", "wei", "stakes", 1e18, 1_000_000e18, 2000e18,
            "Bond of a challenge; lost unless the ruling is the challenger's result.");
        if (param == Param.UnstakeCooldown) return ParamDescription("unstakeCooldown", "seconds", "stakes", 1 hours, 1460 days, 56 days,
            "Wait before unstaked tokens leave; must outlast a round with its windows.");
        if (param == Param.AppealWindow) return ParamDescription("appealWindow", "seconds", "slashing", 1 hours, 60 days, 3 days,
            "How long the DAO may overturn a slash case.");
        if (param == Param.SlashResultMismatch) return ParamDescription("slashResultMismatch", "ratio", "slashing", 0, 0.5e18, 0.3e18,
            "Slash of a validator whose revealed result is not the accepted one.");
        if (param == Param.SlashNoReveal) return ParamDescription("slashNoReveal", "ratio", "slashing", 0, 0.2e18, 0.05e18,
            "Slash for a commitment that was never revealed.");
        if (param == Param.SlashUnavailable) return ParamDescription("slashUnavailable", "ratio", "slashing", 0, 0.2e18, 0.05e18,
            "Slash for a revealed submission that no validator could fetch.");
        if (param == Param.ReporterShare) return ParamDescription("reporterShare", "ratio", "slashing", 0, 0.25e18, 0.1e18,
            "Part of a slash that goes to the reporter.");
        if (param == Param.ArenaMargin) return ParamDescription("arenaMargin", "ratio", "rewards", 0, 0.5e18, 0.001e18,
            "How much better than the base model an arena submission must be.");
        if (param == Param.MarketFee) return ParamDescription("marketFee", "ratio", "market", 0, 0.2e18, 0.025e18,
            "Part of each model sale that goes to the DAO.");
        if (param == Param.MaxSubmissionBytes) return ParamDescription("maxSubmissionBytes", "bytes", "rounds", 1024, 4_294_967_296, 67_108_864,
            "Largest submission that validators score.");
        if (param == Param.SlashSilence) return ParamDescription("slashSilence", "ratio", "slashing", 0, 0.2e18, 0.01e18,
            "Slash of a validator that drew a seat and did not attest.");
        if (param == Param.MinDelegation) return ParamDescription("minDelegation", "wei", "delegation", 1, 1000e18, 10e18,
            "Least stake that can be delegated at a time.");
        if (param == Param.MaxCommission) return ParamDescription("maxCommission", "ratio", "delegation", 0, 1e18, 0.5e18,
            "Highest commission a node may take of what its delegators' stake earns.");
        if (param == Param.CommissionNotice) return ParamDescription("commissionNotice", "seconds", "delegation", 0, 60 days, 7 days,
            "How long before a higher commission holds.");
        if (param == Param.RewardStream) return ParamDescription("rewardStream", "seconds", "delegation", 1 hours, 90 days, 7 days,
            "How long a reward is streamed to a node's delegators.");
        // At most what the community's share allows with the decay and period at the start: 470,000,000 · (1 − 0.9)/30.
        if (param == Param.EmissionDaily) return ParamDescription("emissionDaily", "wei", "emission", 0, 1_566_666e18, 1_500_000e18,
            "What a mint of the first period is, shared among running tasks.");
        if (param == Param.EmissionDecay) return ParamDescription("emissionDecay", "ratio", "emission", 0, 0.999e18, 0.9e18,
            "What each mint of a period is relative to the period before.");
        if (param == Param.EmissionPeriod) return ParamDescription("emissionPeriod", "count", "emission", 1, 365, 30,
            "Mints after which the emission decays.");
        if (param == Param.TaskStakeQuarterPower) return ParamDescription("taskStakeQuarterPower", "quarter", "emission", 0, 4, 2,
            "How stake counts in a task's share of the emission: stake to the power k/4.");
        if (param == Param.PolicyNotice) return ParamDescription("policyNotice", "seconds", "rounds", 0, 30 days, 1 hours,
            "How long before a decided change of these numbers or of the scorer holds.");
        // forgefmt: disable-end
        revert ParamWithoutRow(param);
    }

    /// @notice Values with which a new deployment starts, in the order of `Param`.
    function defaults() internal pure returns (uint256[] memory values) {
        values = new uint256[](COUNT);
        for (uint256 i; i < COUNT; ++i) {
            values[i] = describe(Param(i)).initial;
        }
    }
}
