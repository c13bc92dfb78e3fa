import { idle } from './idle-tmp.ts';
import { openBenchRedis } from './redis.ts';

await using redis = await openBenchRedis((s) => console.error(s));
await redis.empty();
console.log(await idle.run(redis));
