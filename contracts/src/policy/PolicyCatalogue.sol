// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice Every governed number. Ratios are scaled by 1e18, durations are seconds, stakes are wei.
enum Param {
    RankRatio,
    DelegationWeight,
    TrainerShare,
    RoundFee,
    SecurityRatio,
    CreationRatio,
    UnlockRatio,
    VestingDuration,
    ArenaMargin,
    MinTrainerStake,
    MinValidatorStake,
    CreationStake,
    ChallengeBond,
    UnstakeCooldown,
    MinRoundPool,
    TrainerSeats,
    ValidatorSeats,
    MinWindow,
    MaxWindow,
    BeaconWindow,
    ChallengeWindow,
    RulingWindow,
    MaxIdle,
    MaxSubmissionBytes,
    PolicyNotice,
    CaseWindow,
    AppealWindow,
    SlashResultMismatch,
    SlashNoReveal,
    SlashUnavailable,
    SlashSilence,
    ReporterCap,
    ChallengerShare,
    MinDelegation,
    MaxCommission,
    CommissionNotice,
    RewardStream,
    EmissionDaily,
    EmissionDecay,
    EmissionPeriod,
    MarketFee,
    ScoringRate,
    ListingFee,
    SellerBond,
    DeliveryWindow,
    DisputeWindow,
    MinHostStake,
    ChannelWindow,
    AnswerBond,
    SlashWrongAnswer
}

/// @param name Stable camelCase name, the key of translations.
/// @param unit "ratio" (1e18 = 1), "wei", "seconds", "count" or "bytes".
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

    /// @notice A member of `Param` has no row here.
    error ParamWithoutRow(Param param);

    function describe(Param param) internal pure returns (ParamDescription memory) {
        // Name, unit, topic, least, most, at the start; meaning. Kept from the formatter, which gives every argument a line.
        // forgefmt: disable-start
        if (param == Param.RankRatio) return ParamDescription("rankRatio", "ratio", "rewards", 0, 1e18, 0.9e18,
            "Rank weight of each seat in an arena relative to the one above it.");
        if (param == Param.DelegationWeight) return ParamDescription("delegationWeight", "ratio", "rewards", 0, 1e18, 0.5e18,
            "How much delegated stake counts beside own stake.");
        if (param == Param.TrainerShare) return ParamDescription("trainerShare", "ratio", "rewards", 0.2e18, 0.9e18, 0.6e18,
            "Trainers' part of what a round pays; validators get the rest.");
        if (param == Param.RoundFee) return ParamDescription("roundFee", "ratio", "rewards", 0, 0.05e18, 0.01e18,
            "The treasury's part of what a round pays.");
        // At most nine tenths of the slash for a wrong result: Policy holds the two together.
        if (param == Param.SecurityRatio) return ParamDescription("securityRatio", "ratio", "rewards", 0.01e18, 0.45e18, 0.4e18,
            "A round pays at most this part of the stake behind its result.");
        if (param == Param.CreationRatio) return ParamDescription("creationRatio", "ratio", "rewards", 0.25e18, 1e18, 1e18,
            "A round pays at most this part of the creation stake out of its funders' money.");
        if (param == Param.UnlockRatio) return ParamDescription("unlockRatio", "ratio", "rewards", 0, 1e18, 0.4e18,
            "Part of a training node's reward that is paid at once; the rest vests.");
        if (param == Param.VestingDuration) return ParamDescription("vestingDuration", "seconds", "rewards", 0, 1460 days, 30 days,
            "How long the vested part unlocks, linearly from when claims open.");
        if (param == Param.ArenaMargin) return ParamDescription("arenaMargin", "ratio", "rewards", 0, 0.5e18, 0.001e18,
            "How much better than the best model so far an arena submission must be.");
        if (param == Param.MinTrainerStake) return ParamDescription("minTrainerStake", "wei", "stakes", 1e18, 10_000_000e18, 1000e18,
            "Least own stake that a training node allocates to a task to join its rounds.");
        if (param == Param.MinValidatorStake) return ParamDescription("minValidatorStake", "wei", "stakes", 1e18, 10_000_000e18, 5000e18,
            "Least own stake that a validator allocates to a task to join its rounds.");
        if (param == Param.CreationStake) return ParamDescription("creationStake", "wei", "stakes", 1e18, 10_000_000e18, 10_000e18,
            "Stake for proposing a task; lost when a validation key is withheld.");
        if (param == Param.ChallengeBond) return ParamDescription("challengeBond", "wei", "stakes", 1e18, 1_000_000e18, 2000e18,
            "Bond of a challenge; lost unless the ruling is the challenger's result.");
        if (param == Param.UnstakeCooldown) return ParamDescription("unstakeCooldown", "seconds", "stakes", 1 hours, 1460 days, 120 days,
            "Wait before unstaked tokens leave; must outlast a round with all that can follow it.");
        if (param == Param.MinRoundPool) return ParamDescription("minRoundPool", "wei", "stakes", 0, 10_000_000e18, 100e18,
            "Least pool with which a round opens, and that its validators must secure.");
        // At most what an attestation can pay for: a bitmap word for each 256.
        if (param == Param.TrainerSeats) return ParamDescription("trainerSeats", "count", "rounds", 1, 1024, 64,
            "Seats of a round for training nodes, drawn among its candidates by stake.");
        // Its start divides by 2, 3, 4, 5, 6, 8, 10 and 12, so that as many equal stakes get equal seats.
        if (param == Param.ValidatorSeats) return ParamDescription("validatorSeats", "count", "rounds", 4, 255, 240,
            "Seats of a round for validators, drawn by stake; each is one part of the verdict.");
        if (param == Param.MinWindow) return ParamDescription("minWindow", "seconds", "rounds", 1, 7 days, 60,
            "Shortest window that a task may ask for.");
        if (param == Param.MaxWindow) return ParamDescription("maxWindow", "seconds", "rounds", 60, 60 days, 7 days,
            "Longest window that a task may ask for.");
        if (param == Param.BeaconWindow) return ParamDescription("beaconWindow", "seconds", "rounds", 10 minutes, 7 days, 1 days,
            "How long after a window the beacon may be brought before a draw has failed.");
        if (param == Param.ChallengeWindow) return ParamDescription("challengeWindow", "seconds", "rounds", 60, 30 days, 1 days,
            "How long an accepted result may be challenged.");
        if (param == Param.RulingWindow) return ParamDescription("rulingWindow", "seconds", "rounds", 25 hours, 60 days, 7 days,
            "How long the DAO has to rule on a challenged result.");
        if (param == Param.MaxIdle) return ParamDescription("maxIdle", "seconds", "rounds", 1 days, 365 days, 30 days,
            "How long a task may wait for its next round before anyone may end it.");
        if (param == Param.MaxSubmissionBytes) return ParamDescription("maxSubmissionBytes", "bytes", "rounds", 1024, 4_294_967_296, 67_108_864,
            "Largest submission that validators score.");
        if (param == Param.PolicyNotice) return ParamDescription("policyNotice", "seconds", "rounds", 0, 30 days, 1 hours,
            "How long before a decided change of these numbers or of the scorer holds.");
        if (param == Param.CaseWindow) return ParamDescription("caseWindow", "seconds", "slashing", 1 hours, 60 days, 3 days,
            "How long after a round slash cases about it may be opened; its stake stays bound so long.");
        if (param == Param.AppealWindow) return ParamDescription("appealWindow", "seconds", "slashing", 1 hours, 60 days, 3 days,
            "How long the DAO may overturn a slash case.");
        if (param == Param.SlashResultMismatch) return ParamDescription("slashResultMismatch", "ratio", "slashing", 0.02e18, 0.5e18, 0.5e18,
            "Slash of a validator whose revealed result is not the accepted one.");
        if (param == Param.SlashNoReveal) return ParamDescription("slashNoReveal", "ratio", "slashing", 0, 0.2e18, 0.05e18,
            "Slash for a commitment that was never revealed, or for scoring nothing.");
        if (param == Param.SlashUnavailable) return ParamDescription("slashUnavailable", "ratio", "slashing", 0, 0.2e18, 0.05e18,
            "Slash for a revealed submission that no validator could fetch.");
        if (param == Param.SlashSilence) return ParamDescription("slashSilence", "ratio", "slashing", 0, 0.2e18, 0.01e18,
            "Slash of a node that drew a seat and did nothing with it.");
        if (param == Param.ReporterCap) return ParamDescription("reporterCap", "wei", "slashing", 0, 1_000_000e18, 1000e18,
            "Most that the reporter of a slash case gets of the tenth that is for it.");
        if (param == Param.ChallengerShare) return ParamDescription("challengerShare", "ratio", "slashing", 0, 0.5e18, 0.3e18,
            "Part of what validators lose for a wrong result that who challenged it gets.");
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
            "What a day of the first period may emit to finalized rounds.");
        if (param == Param.EmissionDecay) return ParamDescription("emissionDecay", "ratio", "emission", 0, 0.999e18, 0.9e18,
            "What a day of each period may emit relative to the period before.");
        if (param == Param.EmissionPeriod) return ParamDescription("emissionPeriod", "count", "emission", 1, 365, 30,
            "Days after which the emission decays.");
        if (param == Param.MarketFee) return ParamDescription("marketFee", "ratio", "market", 0, 0.2e18, 0.025e18,
            "Part of each model sale that goes to the DAO.");
        // Read off chain (`fitsWindows` of the protocol). One core of a laptop has this many and more.
        if (param == Param.ScoringRate) return ParamDescription("scoringRate", "count", "rounds", 1e6, 1e12, 1e9,
            "Multiply-adds a second that each validator must manage; nodes join no task that asks for more within its window of results.");
        if (param == Param.ListingFee) return ParamDescription("listingFee", "wei", "market", 0, 100_000e18, 10e18,
            "What listing a model costs; it goes to the DAO.");
        // Nine tenths of it are lost with a proven fraud, whoever proves it: it is never nothing.
        if (param == Param.SellerBond) return ParamDescription("sellerBond", "wei", "market", 1e18, 10_000_000e18, 1000e18,
            "Bond behind each sealed model; lost when a wrong key or wrong content is proven.");
        if (param == Param.DeliveryWindow) return ParamDescription("deliveryWindow", "seconds", "market", 10 minutes, 30 days, 1 days,
            "How long the seller of a sealed model has to deliver the key of an order.");
        if (param == Param.DisputeWindow) return ParamDescription("disputeWindow", "seconds", "market", 1 hours, 30 days, 3 days,
            "How long the buyer of a sealed model may show that the delivered key or the content is wrong.");
        if (param == Param.MinHostStake) return ParamDescription("minHostStake", "wei", "stakes", 1e18, 10_000_000e18, 5000e18,
            "Least own stake that a host of models binds for its answers.");
        if (param == Param.ChannelWindow) return ParamDescription("channelWindow", "seconds", "market", 1 hours, 30 days, 1 days,
            "How long a host may redeem vouchers once its client has asked to close their channel.");
        if (param == Param.AnswerBond) return ParamDescription("answerBond", "wei", "stakes", 1e18, 1_000_000e18, 500e18,
            "Bond of who says that a host's answer is wrong, and of who says that it is right; the loser's goes to the winner.");
        if (param == Param.SlashWrongAnswer) return ParamDescription("slashWrongAnswer", "ratio", "slashing", 0.02e18, 0.5e18, 0.5e18,
            "Slash of a host for a wrong answer, of what it has bound.");
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
