-- Lets one more request of an API key in, or says how long it has to wait: a bucket that a minute fills (GCRA, kept as the one
-- time at which it will be full again), by Redis's clock, so that all processes count together.
-- KEYS[1] when the bucket is full again, ms
-- ARGV[1] requests per minute
-- Returns {1, how many more are let in now, ms until the bucket is full} or {0, 0, ms until one is let in}
local minute_ms = 60000
-- What is kept is rounded to a microsecond.
local rounding_ms = 0.01

local now = redis_ms()
local interval = minute_ms / tonumber(ARGV[1])
local full_at = tonumber(redis.call('GET', KEYS[1]) or '0')
-- Never further off than an empty bucket: the clock may have been set back.
full_at = math.min(math.max(full_at, now), now + minute_ms) + interval
local room = now + minute_ms - full_at
if room < -rounding_ms then return { 0, 0, math.ceil(-room) } end
redis.call('SET', KEYS[1], string.format('%.3f', full_at), 'PX', math.ceil(full_at - now))
return { 1, math.max(0, math.floor((room + rounding_ms) / interval)), math.ceil(full_at - now) }
