import { flowVerify, flowVerifyFields } from '../flow-verify';
import { housekeepingSqlite } from '../housekeeping-sqlite';
import { load } from '../load';
import { packageSize } from '../package-size';
import { sendBatch } from '../send-batch';
import { signInExecutions, signInFlow, signInFlowDefaults, signInParallel } from '../sign-in';
import { verifyRedis } from '../verify-redis';
import { verifyRedisGrowth } from '../verify-redis-growth';
import { verifySqlite, verifySqliteSingle } from '../verify-sqlite';
import { verifySqliteGrowth } from '../verify-sqlite-growth';
import {
	webhookEvent,
	webhookEventDefaults,
	webhookIgnored,
	webhookIgnoredDefaults,
	webhookIgnoredTrigger,
	webhookPassed,
} from '../webhooks';
import type { Figure } from './figure';

/** All figures, in the order in which they are measured and printed. */
export const figures: readonly Figure[] = [
	verifySqlite,
	verifySqliteSingle,
	verifySqliteGrowth,
	housekeepingSqlite,
	verifyRedis,
	verifyRedisGrowth,
	sendBatch,
	flowVerify,
	flowVerifyFields,
	webhookIgnored,
	webhookIgnoredTrigger,
	webhookPassed,
	webhookEvent,
	webhookIgnoredDefaults,
	webhookEventDefaults,
	signInFlow,
	signInFlowDefaults,
	signInExecutions,
	signInParallel,
	load,
	packageSize,
];
