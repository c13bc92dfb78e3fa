-- Lets nobody use a token's budget for a while, because the inbox asked for it, and halves the rate in force: by our own
-- count there was room, so someone else uses the token. Requests that were on their way together halve it once.
-- KEYS[1] pace hash
-- ARGV[1] limit per minute, ARGV[2] when the request was granted, ms, ARGV[3] for how long nobody may ask, ms
-- Returns {1 when it was halved, the rate in force}

-- So much goes on even so, unless the limit itself is lower: a hot window every ten seconds.
local least_rate = 6

local now = redis_ms()
local pace = read_pace(KEYS[1], now, tonumber(ARGV[1]))
local rate, halved = pace.rate, 0
if pace.limited_at == nil or tonumber(ARGV[2]) > pace.limited_at then
  rate = math.max(math.min(least_rate, pace.limit), pace.rate / 2)
  if rate < pace.rate then halved = 1 end
end
local blocked_until = math.max(now + ARGV[3], pace.blocked_until)
redis.call('HSET', KEYS[1], 'halvedTo', tostring(rate), 'limitedAtMs', string.format('%.3f', now))
redis.call('HSET', KEYS[1], 'blockedUntilMs', string.format('%.3f', blocked_until))
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', blocked_until + recovery_ms + 60000))
return { halved, tostring(rate) }
