-- Tells what a token's budget has been used for and what is in force.
-- KEYS[1] requests zset, KEYS[2] pace hash
-- ARGV[1] limit per minute
-- Returns {requests that count, limit, rate in force, when the last 429 came in ms or ''}
local now = redis_ms()
local pace = read_pace(KEYS[2], now, tonumber(ARGV[1]))
-- What has stopped counting lies there until the next request.
local used = redis.call('ZCOUNT', KEYS[1], string.format('(%.3f', now), '+inf')
return { used, tostring(pace.limit), tostring(pace.rate), pace.limited_at and string.format('%.0f', pace.limited_at) or '' }
