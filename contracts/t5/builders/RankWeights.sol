// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @dev Rank weights as the validators' result document has them: rank k gets q^k, floored at each multiplication;
/// equal losses share the floored mean of the weights that they span; invalid gets 0.
library RankWeights {
    function compute(uint256[] memory losses, bool[] memory valid, uint256 q)
        internal
        pure
        returns (uint256[] memory out)
    {
        out = new uint256[](losses.length);
        for (uint256 i; i < losses.length; ++i) {
            if (!valid[i]) continue;
            uint256 better;
            uint256 equal;
            for (uint256 j; j < losses.length; ++j) {
                if (!valid[j]) continue;
                if (losses[j] < losses[i]) ++better;
                else if (losses[j] == losses[i]) ++equal;
            }
            uint256 weight = 1e18;
            for (uint256 k; k < better; ++k) {
                weight = weight * q / 1e18;
            }
            uint256 sum;
            for (uint256 k; k < equal; ++k) {
                sum += weight;
                weight = weight * q / 1e18;
            }
            out[i] = sum / equal;
        }
    }
}
