CREATE SCHEMA "covey";
--> statement-breakpoint
CREATE TABLE "covey"."blocks" (
	"number" bigint PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"timestamp" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."cursor" (
	"id" integer PRIMARY KEY NOT NULL,
	"fingerprint" text NOT NULL,
	"block_number" bigint NOT NULL,
	"block_hash" text NOT NULL,
	"timestamp" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."documents" (
	"cid" text NOT NULL,
	"kind" text NOT NULL,
	"status" text NOT NULL,
	"value" jsonb,
	"name" text,
	"error_code" text,
	"error_message" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"settled" boolean DEFAULT false NOT NULL,
	CONSTRAINT "documents_cid_kind_pk" PRIMARY KEY("cid","kind")
);
--> statement-breakpoint
CREATE TABLE "covey"."events" (
	"block_number" bigint NOT NULL,
	"log_index" integer NOT NULL,
	"transaction_hash" text NOT NULL,
	"at" bigint NOT NULL,
	"contract" text NOT NULL,
	"name" text NOT NULL,
	"args" jsonb NOT NULL,
	"keys" jsonb NOT NULL,
	"skipped" text,
	CONSTRAINT "events_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."undo" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"block_number" bigint NOT NULL,
	"table_name" text NOT NULL,
	"key" jsonb NOT NULL,
	"before" jsonb
);
--> statement-breakpoint
CREATE TABLE "covey"."task_funding" (
	"task_id" numeric(78, 0) NOT NULL,
	"kind" text NOT NULL,
	"funder" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"waits" boolean DEFAULT false NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "task_funding_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."task_history" (
	"task_id" numeric(78, 0) NOT NULL,
	"event" text NOT NULL,
	"amount" numeric(78, 0),
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "task_history_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."tasks" (
	"id" numeric(78, 0) PRIMARY KEY NOT NULL,
	"creator" text NOT NULL,
	"state" text NOT NULL,
	"document_cid" text NOT NULL,
	"rounds" integer NOT NULL,
	"rounds_opened" integer DEFAULT 0 NOT NULL,
	"rounds_closed" integer DEFAULT 0 NOT NULL,
	"windows" jsonb NOT NULL,
	"min_trainer_stake" numeric(78, 0) NOT NULL,
	"min_validator_stake" numeric(78, 0) NOT NULL,
	"key_commitments" jsonb NOT NULL,
	"ranking" text NOT NULL,
	"admission_root" text,
	"opener" text,
	"creation_stake" numeric(78, 0) NOT NULL,
	"funded" numeric(78, 0) DEFAULT 0 NOT NULL,
	"value" numeric(78, 0) DEFAULT 0 NOT NULL,
	"common" numeric(78, 0) DEFAULT 0 NOT NULL,
	"waiting" numeric(78, 0) DEFAULT 0 NOT NULL,
	"taken" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"holdout_key" text,
	"multiplier" numeric(78, 0) DEFAULT 0 NOT NULL,
	"emitted" numeric(78, 0) DEFAULT 0 NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."challenges" (
	"task_id" numeric(78, 0) NOT NULL,
	"round" integer NOT NULL,
	"challenger" text NOT NULL,
	"result_hash" text NOT NULL,
	"result_cid" text NOT NULL,
	"bond" numeric(78, 0) NOT NULL,
	"returned" numeric(78, 0),
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "challenges_task_id_round_challenger_pk" PRIMARY KEY("task_id","round","challenger")
);
--> statement-breakpoint
CREATE TABLE "covey"."payouts" (
	"task_id" numeric(78, 0) NOT NULL,
	"round" integer NOT NULL,
	"node" text NOT NULL,
	"as_validator" boolean NOT NULL,
	"total" numeric(78, 0) NOT NULL,
	"to_node" numeric(78, 0) NOT NULL,
	"delegators" numeric(78, 0) NOT NULL,
	"unlocked" numeric(78, 0) NOT NULL,
	"vesting" numeric(78, 0) NOT NULL,
	"released" numeric(78, 0) DEFAULT 0 NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "payouts_task_id_round_node_as_validator_pk" PRIMARY KEY("task_id","round","node","as_validator")
);
--> statement-breakpoint
CREATE TABLE "covey"."rounds" (
	"task_id" numeric(78, 0) NOT NULL,
	"round" integer NOT NULL,
	"status" text NOT NULL,
	"policy_version" integer NOT NULL,
	"scorer" text NOT NULL,
	"pool" numeric(78, 0) NOT NULL,
	"creation_stake" numeric(78, 0) NOT NULL,
	"windows" jsonb NOT NULL,
	"beacon_window" integer NOT NULL,
	"trainer_seats" integer NOT NULL,
	"validator_seats" integer NOT NULL,
	"trainer_stake" numeric(78, 0) DEFAULT 0 NOT NULL,
	"validator_stake" numeric(78, 0) DEFAULT 0 NOT NULL,
	"attempt" integer DEFAULT 0 NOT NULL,
	"repeats" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"trainer_draw" jsonb,
	"validator_draw" jsonb,
	"key" jsonb,
	"accepted_hash" text,
	"accepted_by" text,
	"accepted" jsonb,
	"challenge_end" bigint,
	"ruling_end" bigint,
	"ruling" jsonb,
	"finalized" jsonb,
	"voided" jsonb,
	"rewards" jsonb,
	"carried_over" numeric(78, 0),
	"emission" jsonb,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "rounds_task_id_round_pk" PRIMARY KEY("task_id","round")
);
--> statement-breakpoint
CREATE TABLE "covey"."submissions" (
	"task_id" numeric(78, 0) NOT NULL,
	"round" integer NOT NULL,
	"node" text NOT NULL,
	"seats" integer NOT NULL,
	"commitment" text NOT NULL,
	"own_stake" numeric(78, 0) NOT NULL,
	"delegated_stake" numeric(78, 0) NOT NULL,
	"commission" numeric(78, 0) NOT NULL,
	"index" integer,
	"cid" text,
	"parameter_root" text,
	"reveal" jsonb,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "submissions_task_id_round_node_pk" PRIMARY KEY("task_id","round","node")
);
--> statement-breakpoint
CREATE TABLE "covey"."trainers" (
	"task_id" numeric(78, 0) NOT NULL,
	"round" integer NOT NULL,
	"address" text NOT NULL,
	"own_stake" numeric(78, 0) NOT NULL,
	"delegated_stake" numeric(78, 0) NOT NULL,
	"commission" numeric(78, 0) NOT NULL,
	"ratio" numeric(78, 0) NOT NULL,
	"effective_stake" numeric(78, 0) NOT NULL,
	"interval_end" numeric(78, 0) NOT NULL,
	"seats" integer,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "trainers_task_id_round_address_pk" PRIMARY KEY("task_id","round","address")
);
--> statement-breakpoint
CREATE TABLE "covey"."validators" (
	"task_id" numeric(78, 0) NOT NULL,
	"round" integer NOT NULL,
	"attempt" integer NOT NULL,
	"address" text NOT NULL,
	"own_stake" numeric(78, 0) NOT NULL,
	"delegated_stake" numeric(78, 0) NOT NULL,
	"commission" numeric(78, 0) NOT NULL,
	"ratio" numeric(78, 0) NOT NULL,
	"effective_stake" numeric(78, 0) NOT NULL,
	"interval_end" numeric(78, 0) NOT NULL,
	"seats" integer,
	"attest_commit" jsonb,
	"attestation" jsonb,
	"result_commit" jsonb,
	"result_hash" text,
	"result_reveal" jsonb,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "validators_task_id_round_attempt_address_pk" PRIMARY KEY("task_id","round","attempt","address")
);
--> statement-breakpoint
CREATE TABLE "covey"."policy_changes" (
	"version" integer NOT NULL,
	"param" integer NOT NULL,
	"old_value" numeric(78, 0) NOT NULL,
	"new_value" numeric(78, 0) NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "policy_changes_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."policy_versions" (
	"version" integer PRIMARY KEY NOT NULL,
	"effective_at" bigint NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."proposals" (
	"id" numeric(78, 0) PRIMARY KEY NOT NULL,
	"creator" text NOT NULL,
	"start_date" bigint NOT NULL,
	"end_date" bigint NOT NULL,
	"metadata_uri" text NOT NULL,
	"metadata_cid" text,
	"actions" jsonb NOT NULL,
	"voting_mode" text NOT NULL,
	"support_threshold" integer NOT NULL,
	"snapshot_block" bigint NOT NULL,
	"min_voting_power" numeric(78, 0) NOT NULL,
	"total_voting_power" numeric(78, 0) NOT NULL,
	"executed" jsonb,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."scorer_changes" (
	"version" integer NOT NULL,
	"old_scorer" text NOT NULL,
	"new_scorer" text NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "scorer_changes_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."votes" (
	"proposal_id" numeric(78, 0) NOT NULL,
	"voter" text NOT NULL,
	"option" text NOT NULL,
	"voting_power" numeric(78, 0) NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "votes_proposal_id_voter_pk" PRIMARY KEY("proposal_id","voter")
);
--> statement-breakpoint
CREATE TABLE "covey"."voting_settings" (
	"min_duration" bigint NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "voting_settings_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."allocations" (
	"node" text NOT NULL,
	"task_id" numeric(78, 0) NOT NULL,
	"role" text NOT NULL,
	"ratio" numeric(78, 0) NOT NULL,
	"bound" numeric(78, 0) DEFAULT 0 NOT NULL,
	"readers" integer DEFAULT 0 NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "allocations_node_task_id_pk" PRIMARY KEY("node","task_id")
);
--> statement-breakpoint
CREATE TABLE "covey"."commissions" (
	"node" text NOT NULL,
	"commission" numeric(78, 0) NOT NULL,
	"effective_at" bigint NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "commissions_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."locks" (
	"id" numeric(78, 0) PRIMARY KEY NOT NULL,
	"owner" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"notice" bigint NOT NULL,
	"bonus" numeric(78, 0) NOT NULL,
	"unlocks_at" bigint,
	"state" text NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."nodes" (
	"address" text PRIMARY KEY NOT NULL,
	"own" numeric(78, 0) DEFAULT 0 NOT NULL,
	"delegated" numeric(78, 0) DEFAULT 0 NOT NULL,
	"commission" numeric(78, 0) DEFAULT 0 NOT NULL,
	"next_commission" numeric(78, 0),
	"next_commission_at" bigint,
	"pool_tokens" numeric(78, 0) DEFAULT 0 NOT NULL,
	"pool_shares" numeric(78, 0) DEFAULT 0 NOT NULL,
	"open_cases" integer DEFAULT 0 NOT NULL,
	"slashed" numeric(78, 0) DEFAULT 0 NOT NULL,
	"delegator_rewards" numeric(78, 0) DEFAULT 0 NOT NULL,
	"delegator_claims" numeric(78, 0) DEFAULT 0 NOT NULL,
	"reward_rate" numeric(78, 0) DEFAULT 0 NOT NULL,
	"reward_end" bigint,
	"operator" text,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."positions" (
	"node" text NOT NULL,
	"owner" text NOT NULL,
	"shares" numeric(78, 0) DEFAULT 0 NOT NULL,
	"unstaking_shares" numeric(78, 0) DEFAULT 0 NOT NULL,
	"available_at" bigint,
	"claimed" numeric(78, 0) DEFAULT 0 NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "positions_node_owner_pk" PRIMARY KEY("node","owner")
);
--> statement-breakpoint
CREATE TABLE "covey"."slash_cases" (
	"id" numeric(78, 0) PRIMARY KEY NOT NULL,
	"task_id" numeric(78, 0) NOT NULL,
	"round" integer NOT NULL,
	"attempt" integer NOT NULL,
	"target" text NOT NULL,
	"reporter" text NOT NULL,
	"reason" text NOT NULL,
	"state" text NOT NULL,
	"ratio" numeric(78, 0) NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"evidence_cid" text NOT NULL,
	"appeal_end" bigint NOT NULL,
	"execution" jsonb,
	"overturned" jsonb,
	"collected" numeric(78, 0) DEFAULT 0 NOT NULL,
	"to_treasury" numeric(78, 0) DEFAULT 0 NOT NULL,
	"to_reporter" numeric(78, 0) DEFAULT 0 NOT NULL,
	"to_challenger" numeric(78, 0) DEFAULT 0 NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."stake_checkpoints" (
	"node" text NOT NULL,
	"own" numeric(78, 0) NOT NULL,
	"delegated" numeric(78, 0) NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "stake_checkpoints_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."stake_history" (
	"node" text NOT NULL,
	"owner" text,
	"event" text NOT NULL,
	"amount" numeric(78, 0),
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "stake_history_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."delivery_keys" (
	"seller" text PRIMARY KEY NOT NULL,
	"delivery_key" text NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."deposit_pauses" (
	"contract" text PRIMARY KEY NOT NULL,
	"until" bigint NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."licences" (
	"listing_id" numeric(78, 0) NOT NULL,
	"account" text NOT NULL,
	"end" bigint NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "licences_listing_id_account_pk" PRIMARY KEY("listing_id","account")
);
--> statement-breakpoint
CREATE TABLE "covey"."listing_history" (
	"listing_id" numeric(78, 0) NOT NULL,
	"event" text NOT NULL,
	"amount" numeric(78, 0),
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "listing_history_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."listings" (
	"id" numeric(78, 0) PRIMARY KEY NOT NULL,
	"seller" text NOT NULL,
	"kind" text NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"task_id" numeric(78, 0),
	"rounds" integer NOT NULL,
	"model_cid" text NOT NULL,
	"card_cid" text,
	"token" text NOT NULL,
	"price" numeric(78, 0) NOT NULL,
	"period" bigint NOT NULL,
	"creator_share" numeric(78, 0) NOT NULL,
	"previous" numeric(78, 0),
	"sales" integer DEFAULT 0 NOT NULL,
	"revenue" numeric(78, 0) DEFAULT 0 NOT NULL,
	"to_contributors" numeric(78, 0) DEFAULT 0 NOT NULL,
	"file" jsonb,
	"bond_state" text DEFAULT 'none' NOT NULL,
	"bond" numeric(78, 0) DEFAULT 0 NOT NULL,
	"open_orders" integer DEFAULT 0 NOT NULL,
	"fraud" jsonb,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."orders" (
	"id" numeric(78, 0) PRIMARY KEY NOT NULL,
	"listing_id" numeric(78, 0) NOT NULL,
	"buyer" text NOT NULL,
	"seller" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"public_key" text NOT NULL,
	"token" text NOT NULL,
	"price" numeric(78, 0) NOT NULL,
	"deliver_by" bigint NOT NULL,
	"dispute_end" bigint,
	"delivery" jsonb,
	"settlement" jsonb,
	"refund" jsonb,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."owed_balances" (
	"contract" text NOT NULL,
	"account" text NOT NULL,
	"token" text NOT NULL,
	"owed" numeric(78, 0) NOT NULL,
	"credited" numeric(78, 0) NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "owed_balances_contract_account_token_pk" PRIMARY KEY("contract","account","token")
);
--> statement-breakpoint
CREATE TABLE "covey"."payment_tokens" (
	"token" text PRIMARY KEY NOT NULL,
	"allowed" boolean NOT NULL,
	"symbol" text,
	"decimals" integer,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."purchases" (
	"listing_id" numeric(78, 0) NOT NULL,
	"buyer" text NOT NULL,
	"payer" text NOT NULL,
	"price" numeric(78, 0) NOT NULL,
	"fee" numeric(78, 0) NOT NULL,
	"to_seller" numeric(78, 0) NOT NULL,
	"to_contributors" numeric(78, 0) NOT NULL,
	"licence_end" bigint NOT NULL,
	"order_id" numeric(78, 0),
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "purchases_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."revenue_claims" (
	"listing_id" numeric(78, 0) NOT NULL,
	"round" integer NOT NULL,
	"node" text NOT NULL,
	"amount" numeric(78, 0) NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "revenue_claims_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."answer_cases" (
	"id" numeric(78, 0) PRIMARY KEY NOT NULL,
	"node" text NOT NULL,
	"reporter" text,
	"contester" text,
	"kind" text NOT NULL,
	"state" text NOT NULL,
	"end" bigint,
	"ratio" numeric(78, 0) NOT NULL,
	"bond" numeric(78, 0) DEFAULT 0 NOT NULL,
	"taken" numeric(78, 0) DEFAULT 0 NOT NULL,
	"to_reporter" numeric(78, 0) DEFAULT 0 NOT NULL,
	"to_treasury" numeric(78, 0) DEFAULT 0 NOT NULL,
	"answer" jsonb,
	"other" jsonb,
	"output" text,
	"evidence_cid" text,
	"request_id" numeric(78, 0),
	"ruling" jsonb,
	"closed" jsonb,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."channels" (
	"id" text PRIMARY KEY NOT NULL,
	"payer" text NOT NULL,
	"host" text NOT NULL,
	"signer" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"close_at" bigint,
	"deposit" numeric(78, 0) DEFAULT 0 NOT NULL,
	"redeemed" numeric(78, 0) DEFAULT 0 NOT NULL,
	"fees" numeric(78, 0) DEFAULT 0 NOT NULL,
	"returned" numeric(78, 0),
	"rating" jsonb,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."hosts" (
	"node" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"enlistment" integer NOT NULL,
	"enlisted_at" bigint NOT NULL,
	"cases_end" bigint,
	"struck" boolean DEFAULT false NOT NULL,
	"ratio" numeric(78, 0) NOT NULL,
	"bound" numeric(78, 0) NOT NULL,
	"minimum" numeric(78, 0) NOT NULL,
	"holds" integer DEFAULT 0 NOT NULL,
	"endpoint" text DEFAULT '' NOT NULL,
	"offer_cid" text DEFAULT '' NOT NULL,
	"signer" text,
	"capacity" bigint DEFAULT 0 NOT NULL,
	"stars" numeric(78, 0) DEFAULT 0 NOT NULL,
	"rated" numeric(78, 0) DEFAULT 0 NOT NULL,
	"ratings" integer DEFAULT 0 NOT NULL,
	"earned" numeric(78, 0) DEFAULT 0 NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."inference_requests" (
	"id" numeric(78, 0) PRIMARY KEY NOT NULL,
	"asker" text NOT NULL,
	"host" text,
	"state" text DEFAULT 'asked' NOT NULL,
	"end" bigint NOT NULL,
	"model" text NOT NULL,
	"scorer" text NOT NULL,
	"input_cid" text,
	"input_bytes" text,
	"fee" numeric(78, 0) NOT NULL,
	"callback_gas" integer NOT NULL,
	"dispute_window" bigint NOT NULL,
	"answer" jsonb,
	"dispute" jsonb,
	"ruling" jsonb,
	"delivery" jsonb,
	"refund" jsonb,
	"node" text,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."token_accounts" (
	"address" text PRIMARY KEY NOT NULL,
	"units" numeric(78, 0) DEFAULT 0 NOT NULL,
	"delegate" text,
	"delegated" jsonb,
	"votes" numeric(78, 0) DEFAULT 0 NOT NULL,
	"changed" jsonb
);
--> statement-breakpoint
CREATE TABLE "covey"."token_bonuses" (
	"custodian" text NOT NULL,
	"owner" text NOT NULL,
	"bonus" numeric(78, 0) NOT NULL,
	CONSTRAINT "token_bonuses_custodian_owner_pk" PRIMARY KEY("custodian","owner")
);
--> statement-breakpoint
CREATE TABLE "covey"."vote_checkpoints" (
	"account" text NOT NULL,
	"votes" numeric(78, 0) NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "vote_checkpoints_block_number_log_index_pk" PRIMARY KEY("block_number","log_index")
);
--> statement-breakpoint
CREATE TABLE "covey"."bound_proposals" (
	"id" text PRIMARY KEY NOT NULL,
	"plugin" text NOT NULL,
	"registrant" text NOT NULL,
	"author" text NOT NULL,
	"basic" boolean NOT NULL,
	"start" bigint NOT NULL,
	"end" bigint NOT NULL,
	"snapshot_block" bigint NOT NULL,
	"settings_version" integer NOT NULL,
	"submission_end" bigint NOT NULL,
	"min_power" numeric(78, 0) NOT NULL,
	"actions_hash" text NOT NULL,
	"actions" jsonb NOT NULL,
	"for_votes" numeric(78, 0) DEFAULT 0 NOT NULL,
	"against" numeric(78, 0) DEFAULT 0 NOT NULL,
	"abstain" numeric(78, 0) DEFAULT 0 NOT NULL,
	"voters" integer DEFAULT 0 NOT NULL,
	"rejections" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"extended" jsonb,
	"executor" text,
	"executed" jsonb,
	"vetoed" jsonb,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."bound_votes" (
	"proposal_id" text NOT NULL,
	"voter" text NOT NULL,
	"choice" integer NOT NULL,
	"voting_power" numeric(78, 0) NOT NULL,
	"signed_at" bigint NOT NULL,
	"submitter" text NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "bound_votes_proposal_id_voter_pk" PRIMARY KEY("proposal_id","voter")
);
--> statement-breakpoint
CREATE TABLE "covey"."snapshot_plugins" (
	"address" text PRIMARY KEY NOT NULL,
	"space" text NOT NULL,
	"revoked" jsonb,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "covey"."snapshot_settings" (
	"plugin" text NOT NULL,
	"version" integer NOT NULL,
	"settings" jsonb NOT NULL,
	"block_number" bigint NOT NULL,
	"transaction_hash" text NOT NULL,
	"log_index" integer NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "snapshot_settings_plugin_version_pk" PRIMARY KEY("plugin","version")
);
--> statement-breakpoint
CREATE INDEX "documents_settled" ON "covey"."documents" USING btree ("settled");--> statement-breakpoint
CREATE INDEX "undo_block" ON "covey"."undo" USING btree ("block_number");--> statement-breakpoint
CREATE INDEX "task_funding_task" ON "covey"."task_funding" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "task_history_task" ON "covey"."task_history" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "payouts_node" ON "covey"."payouts" USING btree ("node");--> statement-breakpoint
CREATE INDEX "submissions_node" ON "covey"."submissions" USING btree ("node");--> statement-breakpoint
CREATE INDEX "trainers_address" ON "covey"."trainers" USING btree ("address");--> statement-breakpoint
CREATE INDEX "validators_address" ON "covey"."validators" USING btree ("address");--> statement-breakpoint
CREATE INDEX "policy_changes_param" ON "covey"."policy_changes" USING btree ("param");--> statement-breakpoint
CREATE INDEX "votes_voter" ON "covey"."votes" USING btree ("voter");--> statement-breakpoint
CREATE INDEX "allocations_task" ON "covey"."allocations" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "commissions_node" ON "covey"."commissions" USING btree ("node","effective_at");--> statement-breakpoint
CREATE INDEX "locks_owner" ON "covey"."locks" USING btree ("owner");--> statement-breakpoint
CREATE INDEX "positions_owner" ON "covey"."positions" USING btree ("owner");--> statement-breakpoint
CREATE INDEX "slash_cases_task" ON "covey"."slash_cases" USING btree ("task_id","round");--> statement-breakpoint
CREATE INDEX "slash_cases_target" ON "covey"."slash_cases" USING btree ("target");--> statement-breakpoint
CREATE INDEX "stake_checkpoints_node" ON "covey"."stake_checkpoints" USING btree ("node","at");--> statement-breakpoint
CREATE INDEX "stake_history_node" ON "covey"."stake_history" USING btree ("node");--> statement-breakpoint
CREATE INDEX "licences_account" ON "covey"."licences" USING btree ("account");--> statement-breakpoint
CREATE INDEX "listing_history_listing" ON "covey"."listing_history" USING btree ("listing_id");--> statement-breakpoint
CREATE INDEX "listings_task" ON "covey"."listings" USING btree ("task_id");--> statement-breakpoint
CREATE INDEX "listings_seller" ON "covey"."listings" USING btree ("seller");--> statement-breakpoint
CREATE INDEX "listings_previous" ON "covey"."listings" USING btree ("previous");--> statement-breakpoint
CREATE INDEX "listings_model" ON "covey"."listings" USING btree ("model_cid");--> statement-breakpoint
CREATE INDEX "orders_listing" ON "covey"."orders" USING btree ("listing_id");--> statement-breakpoint
CREATE INDEX "orders_buyer" ON "covey"."orders" USING btree ("buyer");--> statement-breakpoint
CREATE INDEX "orders_seller" ON "covey"."orders" USING btree ("seller");--> statement-breakpoint
CREATE INDEX "owed_balances_account" ON "covey"."owed_balances" USING btree ("account");--> statement-breakpoint
CREATE INDEX "purchases_listing" ON "covey"."purchases" USING btree ("listing_id");--> statement-breakpoint
CREATE INDEX "revenue_claims_node" ON "covey"."revenue_claims" USING btree ("node");--> statement-breakpoint
CREATE INDEX "answer_cases_node" ON "covey"."answer_cases" USING btree ("node");--> statement-breakpoint
CREATE INDEX "channels_payer" ON "covey"."channels" USING btree ("payer");--> statement-breakpoint
CREATE INDEX "channels_host" ON "covey"."channels" USING btree ("host");--> statement-breakpoint
CREATE INDEX "hosts_offer" ON "covey"."hosts" USING btree ("offer_cid");--> statement-breakpoint
CREATE INDEX "inference_requests_asker" ON "covey"."inference_requests" USING btree ("asker");--> statement-breakpoint
CREATE INDEX "inference_requests_host" ON "covey"."inference_requests" USING btree ("host");--> statement-breakpoint
CREATE INDEX "inference_requests_node" ON "covey"."inference_requests" USING btree ("node");--> statement-breakpoint
CREATE INDEX "token_accounts_delegate" ON "covey"."token_accounts" USING btree ("delegate");--> statement-breakpoint
CREATE INDEX "token_accounts_votes" ON "covey"."token_accounts" USING btree ("votes");--> statement-breakpoint
CREATE INDEX "vote_checkpoints_account" ON "covey"."vote_checkpoints" USING btree ("account","block_number");--> statement-breakpoint
CREATE INDEX "bound_proposals_author" ON "covey"."bound_proposals" USING btree ("author");--> statement-breakpoint
CREATE INDEX "bound_votes_voter" ON "covey"."bound_votes" USING btree ("voter");