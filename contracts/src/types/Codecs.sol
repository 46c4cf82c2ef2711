// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

// Multicodec codes of the blocks that Covey names on chain (github.com/multiformats/multicodec).

uint64 constant CODEC_RAW = 0x55;
uint64 constant CODEC_DAG_PB = 0x70;
uint64 constant CODEC_DAG_JSON = 0x0129;
