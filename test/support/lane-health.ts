import type { SubscriptionId } from '#domain/subscription.ts';
import type { Connection } from '#store/connection.ts';
import { laneKeys } from '#store/keys.ts';
import { healthFields, type LaneHealth, parseHealth } from '#store/lane-health.ts';

export async function readHealth({ redis }: Connection, id: SubscriptionId): Promise<LaneHealth> {
  return parseHealth(await redis.hmget(laneKeys(id).state, ...healthFields));
}
