import type { Address } from 'viem';
import type { HubReader } from '../types.ts';

export interface SpaceOptions {
  hub: HubReader;
  chainId: number;
  token: Address;
  dao: Address;
  name: string;
  moderators: readonly Address[];
}

const DAY = 24 * 60 * 60;

/** The one strategy: what `erc20-votes` reads from the token, which counts staked, delegated and escrowed ones too. */
export const strategiesOf = ({ chainId, token }: Pick<SpaceOptions, 'chainId' | 'token'>) => [
  { name: 'erc20-votes', network: String(chainId), params: { address: token, symbol: 'COVEY', decimals: 18 } },
];

/** The space as its chain and deployment make it: nothing here was written by hand, and no message changes it. */
export function spaceOf(options: SpaceOptions, now: number) {
  const { hub, chainId, dao, name, moderators } = options;
  const network = String(chainId);
  const proposals = hub.proposals();
  const since = (seconds: number) => proposals.filter(({ message }) => message.timestamp > now - seconds).length;
  const follows = hub.follows();
  return {
    id: hub.space,
    name,
    private: false,
    about: '',
    avatar: '',
    cover: '',
    terms: '',
    location: '',
    website: '',
    twitter: '',
    github: '',
    farcaster: '',
    coingecko: '',
    email: '',
    discussions: '',
    discourseCategory: null,
    network,
    symbol: 'COVEY',
    skin: '',
    skinSettings: null,
    domain: '',
    strategies: strategiesOf(options),
    admins: [],
    members: [],
    moderators,
    filters: { minScore: 0, onlyMembers: false },
    plugins: {},
    voting: {
      delay: 0,
      period: 0,
      type: '',
      quorum: 0,
      quorumType: 'default',
      blind: false,
      hideAbstain: false,
      privacy: '',
      aliased: true,
    },
    categories: [],
    // Whoever has a wei of votes at the snapshot may propose.
    validation: { name: 'basic', params: { minScore: 1e-18, strategies: strategiesOf(options) } },
    voteValidation: { name: 'any', params: {} },
    // Delegation is in the token; Snapshot's portals ask for a subgraph of it.
    delegationPortal: null,
    treasuries: [{ name: 'DAO', network, address: dao }],
    labels: [],
    activeProposals: proposals.filter((proposal) => hub.stateOf(proposal) === 'active').length,
    proposalsCount: proposals.length,
    proposalsCount1d: since(DAY),
    proposalsCount7d: since(7 * DAY),
    proposalsCount30d: since(30 * DAY),
    votesCount: proposals.reduce((sum, proposal) => sum + hub.countOf(proposal), 0),
    votesCount7d: 0,
    followersCount: follows.length,
    followersCount7d: follows.filter(({ created }) => created > now - 7 * DAY).length,
    parent: null,
    children: [],
    guidelines: '',
    template: '',
    verified: false,
    flagged: false,
    flagCode: 0,
    hibernated: false,
    turbo: false,
    turboExpiration: 0,
    rank: 0,
    boost: { enabled: false, bribeEnabled: false },
    created: proposals.at(-1)?.message.timestamp ?? now,
  };
}
