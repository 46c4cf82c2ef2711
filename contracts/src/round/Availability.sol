// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Which submissions enough validators could fetch
library Availability {
    uint256 private constant ONE = 1e18;

    /// @param bitmaps One attestation a validator; bit i stands for submission i.
    /// @param stakes The validators' stakes in wei, 0 where one did not attest.
    /// @param candidates Submissions to look at.
    /// @param needed Stake scaled by 1e18 that has to have a submission.
    /// @dev At most 32 validators times 256 submissions.
    function count(uint256[] memory bitmaps, uint256[] memory stakes, uint256 candidates, uint256 needed)
        internal
        pure
        returns (uint256 counted)
    {
        for (uint256 bit = 1; candidates != 0; bit <<= 1) {
            if (candidates & bit == 0) continue;
            candidates ^= bit;
            uint256 stake;
            for (uint256 v; v < bitmaps.length; ++v) {
                if (bitmaps[v] & bit != 0) stake += stakes[v];
            }
            if (stake != 0 && stake * ONE >= needed) counted |= bit;
        }
    }
}
