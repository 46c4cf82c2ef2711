// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Cid} from "../types/Types.sol";

enum HostState {
    None,
    Enlisted,
    Left
}

/// @notice What a host offers.
/// @param endpoint Where it serves, an https URL; 1 to 256 bytes, which clients treat as what a stranger wrote.
/// @param offer Its `covey.offer/1` document: models, prices and limits.
/// @param signer Signs its answers: a key, not a contract. Answers of signers that it named before count against it too.
/// @param capacity How many requests it takes at once.
struct HostTerms {
    string endpoint;
    Cid offer;
    address signer;
    uint32 capacity;
}

/// @param enlistment How often the node has enlisted, with this time.
/// @param holds Open cases and unfinished requests for which its stake stays bound, left or not.
/// @param enlistedAt Unix seconds; casesEnd is until when cases about it can be opened: 0 while it is enlisted.
/// @param ratio What is bound of its pool, 1e18 = all.
/// @param bound Wei of own and delegated stake that this was when it enlisted, or renewed, less what cases have taken since.
/// @param minimum Own wei that it keeps bound, else anybody may strike it off.
struct HostInfo {
    HostState state;
    uint32 enlistment;
    uint32 holds;
    uint40 enlistedAt;
    uint40 casesEnd;
    uint64 ratio;
    uint128 bound;
    uint128 minimum;
    HostTerms terms;
}

/// @notice What a host signs for each answer. Digests are sha2-256, those of the content addresses.
/// @param model The model file; scorer is the WASM core on which it ran.
/// @param input The request document, output the answer document.
/// @param channel The channel that paid, 0 for none; nonce tells the answers of a channel apart.
struct Answer {
    bytes32 model;
    bytes32 scorer;
    bytes32 input;
    bytes32 output;
    bytes32 channel;
    uint64 nonce;
}

/// @title Hosts of models, and the stake that answers for them
/// @notice A node that allocates stake to task 0 as host enlists with its terms; what it has allocated is bound until it has
/// left, no case can be opened any more and none is open. EIP-712 domain: name "CoveyHosts", version "1", this contract;
/// `Answer(bytes32 model,bytes32 scorer,bytes32 input,bytes32 output,bytes32 channel,uint64 nonce)`.
///
/// Trust: who holds HOLD_HOST_PERMISSION (the court of answers, the inference desk) can keep a host's stake bound for as long
/// as it likes, and says what cases have taken; nobody here can take any of it. Terms are the host's own words.
/// What can never happen: stake is bound twice for one host, or let go while it is enlisted, a case can be opened or is open.
interface IHostRegistry {
    event HostEnlisted(address indexed node, uint32 enlistment, uint64 ratio, uint128 bound, uint128 minimum);
    /// @notice Comes with every HostEnlisted, and whenever the terms change.
    event HostTermsSet(address indexed node, address indexed signer, string endpoint, Cid offer, uint32 capacity);
    event HostRenewed(address indexed node, uint64 ratio, uint128 bound, uint128 minimum);
    /// @notice From now on it serves nobody; cases about it can be opened until `casesEnd`, unix seconds.
    event HostLeft(address indexed node, uint40 casesEnd);
    /// @notice It was struck off, because it had less own stake bound than it has to; HostLeft comes with it.
    event HostStruck(address indexed node, uint256 own, uint256 minimum);
    /// @notice Its stake is free.
    event HostReleased(address indexed node);
    event HostHeld(address indexed node, uint32 holds);
    event HostLetGo(address indexed node, uint32 holds);
    /// @notice A case has taken some of what was bound.
    event HostBoundLowered(address indexed node, uint256 amount, uint128 bound);

    /// @notice The node is enlisted, or has left and its stake is not released.
    error HostExists(address node, HostState state);
    /// @notice The node is not enlisted as a host.
    error HostNotEnlisted(address node, HostState state);
    /// @notice An endpoint has so many bytes.
    error EndpointLength(uint256 length, uint256 maximum);
    /// @notice Answers are signed by a key, which is neither zero nor a contract.
    error HostSignerInvalid(address signer);
    /// @notice A host takes at least one request at a time.
    error CapacityZero();
    /// @notice A host binds at least so much own stake, wei.
    /// @custom:action Stake more, or allocate more of it to task 0 as host; then enlist a second later.
    error HostStakeTooLow(uint256 own, uint256 minimum);
    /// @notice The host has enough stake bound: there is nothing to strike it off for.
    error HostSecured(address node, uint256 own, uint256 minimum);
    /// @notice Cases about the host can be opened until this second, and its stake is free after it; 0 while it is enlisted.
    error HostCasesEnd(address node, uint256 end);
    /// @notice Cases about the host or its requests are open.
    error HostHolds(address node, uint256 holds);

    /// @notice Enlists the node for which the caller acts; binds what it has allocated to task 0 as host, both a second ago and
    /// now. Its own part is at least the policy's MinHostStake.
    function enlist(HostTerms calldata terms) external returns (address node);
    /// @notice Other terms from now on.
    function update(HostTerms calldata terms) external;
    /// @notice Binds what the node has allocated since, where that is more.
    function renew() external;
    /// @notice Serves no longer. Cases about what it answered can be opened for the policy's CaseWindow.
    function resign() external;
    /// @notice Anyone may strike off a host whose own stake is worth less than it has to keep.
    function strike(address node) external;
    /// @notice Frees the stake of a host that left, once no case can be opened and nothing holds it. Anyone may call.
    function release(address node) external;

    /// @notice One more reason to keep the host's stake bound. Needs HOLD_HOST_PERMISSION of the DAO, like the two below.
    function hold(address node) external;
    function letGo(address node) external;
    /// @notice A case has taken so much of what the host has bound.
    function lower(address node, uint256 amount) external;

    function host(address node) external view returns (HostInfo memory);
    /// @notice How many nodes ever enlisted; `hostAt` gives them in the order of their first enlistment, from 0.
    function hostCount() external view returns (uint256);
    function hostAt(uint256 index) external view returns (address node);
    /// @notice Enlisted, and its own stake is worth what it has to keep.
    function isServing(address node) external view returns (bool);
    /// @notice Cases about it can be opened now.
    function isAccusable(address node) external view returns (bool);
    /// @notice The node ever named this key as its signer.
    function isSigner(address node, address signer) external view returns (bool);
    /// @notice The caller is the host's node or its operator: who may decide over its money.
    function actsFor(address node, address caller) external view returns (bool);
    /// @notice The caller acts for the host, or is the key that signs its answers now. That key lies on a machine that serves the
    /// internet: it may answer, and nothing else.
    function answersFor(address node, address caller) external view returns (bool);
    /// @notice What of the host's pool answers for it.
    function boundOf(address node) external view returns (uint64 ratio, uint128 bound);
    /// @notice Own wei that answer now: the bound part of its own active stake, and at most what cases have left of `bound`.
    function ownBound(address node) external view returns (uint256);
    /// @notice EIP-712 digest that a host signs.
    function answerDigest(Answer calldata answer) external view returns (bytes32);
    function MAX_ENDPOINT_BYTES() external view returns (uint256);
}
