-- Grants one request of a token's budget, or says how long to wait. A grant counts until a minute after its answer (until
-- then, after the request's deadline), so that no sliding minute at the inbox can hold more than the limit; grants are
-- spaced evenly.
-- KEYS[1] requests zset (member: grant, score: when it stops counting, ms), KEYS[2] pace hash
-- ARGV[1] grant id, ARGV[2] limit per minute, ARGV[3] the request's deadline in ms
-- Returns {'granted', used} or {'wait', ms}
local now = redis_ms()
local limit = tonumber(ARGV[2])
local spacing = 60000 / limit
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
-- Times further ahead than any grant can write were written before this Redis's clock was set back.
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + ARGV[3] + 61000, '+inf')
local pace = redis.call('HMGET', KEYS[2], 'nextAtMs', 'blockedUntilMs')
local used = redis.call('ZCARD', KEYS[1])
local at = math.max(math.min(tonumber(pace[1] or '0'), now + spacing), tonumber(pace[2] or '0'))
if used >= limit then
  at = math.max(at, tonumber(redis.call('ZRANGE', KEYS[1], used - limit, used - limit, 'WITHSCORES')[2]))
end
if at > now then return { 'wait', math.ceil(at - now) } end
redis.call('ZADD', KEYS[1], string.format('%.3f', now + ARGV[3] + 60000), ARGV[1])
redis.call('HSET', KEYS[2], 'nextAtMs', string.format('%.3f', now + spacing))
redis.call('PEXPIRE', KEYS[1], 120000 + ARGV[3])
redis.call('PEXPIRE', KEYS[2], 120000 + ARGV[3])
return { 'granted', used + 1 }
