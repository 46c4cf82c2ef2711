import { permissionOperations } from '@covey/governance/permission-operations';
import { valueUnits } from '@covey/governance/unit';
import { z } from 'zod';
import { address, bytes32, decimal, hex } from './primitives.ts';

/** `Change` of `@covey/governance`: one value on chain, from what to what; integers as decimal strings. */
const changeSchema = z.object({
  /** For instance `policy`, `balance`, `task.state`, `snapshot.delay`, `permission`. */
  what: z.string(),
  /** Which one: the task, the permission, the token. */
  about: z.array(z.object({ name: z.string(), value: z.string(), label: z.string().nullable() })),
  /** How the values are written: `wei`, `ratio`, `ppm`, `seconds`, `time`, `state`, `address` … */
  unit: z.enum(valueUnits),
  /** Null where there is none to read. */
  oldValue: z.union([z.string(), z.boolean()]).nullable(),
  /** Null where nobody can tell before it happens. */
  newValue: z.union([z.string(), z.boolean()]).nullable(),
  min: decimal.nullable(),
  max: decimal.nullable(),
  /** False when executing will fail. */
  withinBounds: z.boolean().nullable(),
});

const permissionChangeSchema = z.object({
  operation: z.enum(permissionOperations),
  where: address,
  who: address,
  permissionId: bytes32,
  condition: address.nullable(),
  /** Its name, when known. */
  permission: z.string().nullable(),
  /** What whoever holds it could do, in the catalogue's words, or `unknown`. */
  danger: z.string(),
  /** Granted to everybody. */
  anyone: z.boolean(),
  /** Granted and taken back in the same execution. */
  temporary: z.boolean(),
  /** Temporary, and only for what the PluginSetupProcessor applies meanwhile. */
  forSetup: z.boolean(),
});

/** A call that the proposal makes, raw and as `decodeActions` of `@covey/governance` reads it. */
const decodedCallSchema = z.object({
  to: address,
  value: decimal,
  data: hex,
  /** Name of the contract, for instance `policy`; null when unknown. */
  contract: z.string().nullable(),
  function: z.string().nullable(),
  /** `taskManager.approve` and the like for a call, `payment` for coins alone, `unknown` for what cannot be read. */
  kind: z.string(),
  /** Arguments in order; integers as decimal strings. */
  args: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      value: z.unknown(),
      /** What the value is known as: a contract of this deployment, or a permission. */
      label: z.string().nullable(),
    }),
  ),
  /** For `policy.set`: each number from what to what, in its own unit. */
  policyChanges: z.array(
    z.object({
      param: z.string(),
      unit: z.enum(valueUnits),
      oldValue: decimal,
      newValue: decimal,
      min: decimal,
      max: decimal,
      /** False when executing will fail. */
      withinBounds: z.boolean(),
    }),
  ),
  scorerChange: z.object({ oldScorer: hex, newScorer: hex }).nullable(),
  /** Every value on chain that it changes, from what to what; empty where the chain could not be asked. */
  changes: z.array(changeSchema),
  /** Permissions that it grants or takes back, those of a plugin's setup included. */
  permissions: z.array(permissionChangeSchema),
  /** One English sentence. */
  summary: z.string(),
});

export const decodedActionSchema = decodedCallSchema.extend({
  /** Calls that are made inside this one, at any depth, in the order in which they are made. */
  calls: z.array(decodedCallSchema),
});
export type DecodedAction = z.output<typeof decodedActionSchema>;
