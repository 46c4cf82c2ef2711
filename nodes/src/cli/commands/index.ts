import { daemonGroups } from '../daemons.ts';
import type { CommandDefinition } from '../define-command.ts';
import { accountImport } from './account/import.ts';
import { accountList } from './account/list.ts';
import { accountNew } from './account/new.ts';
import { accountShow } from './account/show.ts';
import { ask } from './ask.ts';
import { audit } from './audit.ts';
import { balance } from './balance.ts';
import { card } from './card.ts';
import { channelClose } from './channel/close.ts';
import { channelOpen } from './channel/open.ts';
import { channelShow } from './channel/show.ts';
import { claim } from './claim.ts';
import { completionOf } from './completion.ts';
import { configShow } from './config/show.ts';
import { creator } from './creator.ts';
import { dataImport } from './data/import.ts';
import { dataInspect } from './data/inspect.ts';
import { dataSplit } from './data/split.ts';
import { delegateShow } from './delegate/show.ts';
import { delegateStatement } from './delegate/statement.ts';
import { delegateTo } from './delegate/to.ts';
import { deskAnswer } from './desk/answer.ts';
import { deskAsk } from './desk/ask.ts';
import { deskDispute } from './desk/dispute.ts';
import { deskList } from './desk/list.ts';
import { deskSettle } from './desk/settle.ts';
import { deskShow } from './desk/show.ts';
import { doctor } from './doctor.ts';
import { emissionEarn } from './emission/earn.ts';
import { emissionShow } from './emission/show.ts';
import { escrowLock } from './escrow/lock.ts';
import { escrowShow } from './escrow/show.ts';
import { escrowUnlock } from './escrow/unlock.ts';
import { escrowWithdraw } from './escrow/withdraw.ts';
import { hostCase } from './host/case.ts';
import { hostEnlist } from './host/enlist.ts';
import { hostLeave } from './host/leave.ts';
import { hostList } from './host/list.ts';
import { hostOffer } from './host/offer.ts';
import { hostRate } from './host/rate.ts';
import { hostRedeem } from './host/redeem.ts';
import { hostServe } from './host/serve.ts';
import { init } from './init.ts';
import { keeper } from './keeper.ts';
import { marketBuy } from './market/buy.ts';
import { marketBond, marketDelist, marketDeliverer, marketPause, marketPrice, marketResume } from './market/change.ts';
import { marketDeliver } from './market/deliver.ts';
import { marketDispute } from './market/dispute.ts';
import { marketEarnings, marketWithdraw } from './market/earnings.ts';
import { marketList } from './market/list.ts';
import { marketOrders } from './market/orders.ts';
import { marketPublish } from './market/publish.ts';
import { marketReceive } from './market/receive.ts';
import { marketRefund, marketSettle } from './market/settle.ts';
import { marketShow } from './market/show.ts';
import { modelExport } from './model/export.ts';
import { modelEvaluate } from './model/evaluate.ts';
import { modelImport } from './model/import.ts';
import { predict } from './predict.ts';
import { privacy } from './privacy.ts';
import { proposalCreate } from './proposal/create.ts';
import { proposalExecute } from './proposal/execute.ts';
import { proposalForms } from './proposal/forms.ts';
import { proposalList } from './proposal/list.ts';
import { proposalReplay } from './proposal/replay.ts';
import { proposalShow } from './proposal/show.ts';
import { proposalSimulate } from './proposal/simulate.ts';
import { proposalVote } from './proposal/vote.ts';
import { provenance } from './provenance.ts';
import { pull } from './pull.ts';
import { seal } from './seal.ts';
import { seller } from './seller.ts';
import { settle } from './settle.ts';
import { simulate } from './simulate/index.ts';
import { snapshotExecute } from './snapshot/execute.ts';
import { snapshotRegister } from './snapshot/register.ts';
import { snapshotStatus } from './snapshot/status.ts';
import { snapshotSubmit } from './snapshot/submit.ts';
import { stakeAdd } from './stake/add.ts';
import { stakeAllocate } from './stake/allocate.ts';
import { stakeCollect } from './stake/collect.ts';
import { stakeCommission } from './stake/commission.ts';
import { stakeDelegate } from './stake/delegate.ts';
import { stakeOperator } from './stake/operator.ts';
import { stakeRelease } from './stake/release.ts';
import { stakeRewards } from './stake/rewards.ts';
import { stakeShow } from './stake/show.ts';
import { stakeUnstake } from './stake/unstake.ts';
import { stakeWithdraw } from './stake/withdraw.ts';
import { status } from './status.ts';
import { submit } from './submit.ts';
import { taskCheck } from './task/check.ts';
import { taskComplete } from './task/complete.ts';
import { taskCreate } from './task/create.ts';
import { taskExpire } from './task/expire.ts';
import { taskExport } from './task/export.ts';
import { taskFund } from './task/fund.ts';
import { taskList } from './task/list.ts';
import { taskNameOpener } from './task/name-opener.ts';
import { taskNew } from './task/new.ts';
import { taskOpen } from './task/open.ts';
import { taskPublishKey } from './task/publish-key.ts';
import { taskRaiseStake } from './task/raise-stake.ts';
import { taskRefund } from './task/refund.ts';
import { taskShow } from './task/show.ts';
import { train } from './train.ts';
import { validate } from './validate.ts';
import { verify } from './verify.ts';

/** What the commands of two words are grouped by. */
export const groups: Readonly<Record<string, string>> = {
  account: 'The key that signs: make, import, list encrypted keys',
  config: 'What commands go by',
  task: 'Create, fund and run tasks',
  stake: 'Own and delegated stake, what tasks have of it, and who acts for a node',
  market: 'Sell and buy models: licences of open ones, keys of sealed ones',
  escrow: 'Lock tokens for a notice: they vote up to three times while they stay that long out of reach',
  snapshot: 'Make Snapshot votes bind: register proposals, bring votes on chain, execute what was decided',
  emission: 'The community share, earned by finished rounds',
  proposal: 'Decide: what the DAO does, what it would change, and who would gain or lose',
  delegate: 'Who votes with whose tokens (for delegating stake see `stake delegate`)',
  data: 'Own data as samples: import, look, split',
  model: 'Models made elsewhere: in, and out again',
  channel: 'Prepaid channels to hosts: what is in them, and getting the rest back',
  desk: 'Inference for contracts: ask on chain, answer as a host, dispute a wrong answer',
  ...daemonGroups,
};

/** Every command of `covey`, in the order in which help lists them. */
export const commands: readonly CommandDefinition[] = [
  init,
  doctor,
  status,
  balance,
  accountNew,
  accountImport,
  accountList,
  accountShow,
  configShow,
  completionOf(() => ({ commands, groups })),
  train,
  submit,
  privacy,
  validate,
  keeper,
  creator,
  seller,
  simulate,
  taskNew,
  taskCheck,
  taskCreate,
  taskList,
  taskShow,
  taskExport,
  taskFund,
  taskRaiseStake,
  taskNameOpener,
  taskOpen,
  taskPublishKey,
  taskComplete,
  taskExpire,
  taskRefund,
  verify,
  provenance,
  card,
  settle,
  claim,
  stakeShow,
  stakeAdd,
  stakeAllocate,
  stakeRelease,
  stakeOperator,
  stakeDelegate,
  stakeUnstake,
  stakeWithdraw,
  stakeCommission,
  stakeRewards,
  stakeCollect,
  escrowShow,
  escrowLock,
  escrowUnlock,
  escrowWithdraw,
  snapshotRegister,
  snapshotSubmit,
  snapshotStatus,
  snapshotExecute,
  emissionShow,
  emissionEarn,
  marketList,
  marketShow,
  marketPublish,
  marketPrice,
  marketPause,
  marketResume,
  marketDelist,
  marketBond,
  marketDeliverer,
  marketBuy,
  marketReceive,
  marketOrders,
  marketDeliver,
  marketRefund,
  marketDispute,
  marketSettle,
  marketEarnings,
  marketWithdraw,
  pull,
  seal,
  predict,
  hostOffer,
  hostEnlist,
  hostServe,
  hostRedeem,
  hostLeave,
  hostList,
  hostCase,
  hostRate,
  channelOpen,
  channelShow,
  channelClose,
  ask,
  audit,
  deskAsk,
  deskShow,
  deskList,
  deskAnswer,
  deskDispute,
  deskSettle,
  proposalList,
  proposalShow,
  proposalForms,
  proposalCreate,
  proposalVote,
  proposalExecute,
  proposalSimulate,
  proposalReplay,
  delegateTo,
  delegateShow,
  delegateStatement,
  modelEvaluate,
  modelImport,
  modelExport,
  dataImport,
  dataInspect,
  dataSplit,
];
