-- Lets nobody use a token's budget for a while, because the inbox asked for it.
-- KEYS[1] pace hash
-- ARGV[1] how long, in ms
-- Returns 1
local now = math.floor(redis_ms())
local until_ms = math.max(now + ARGV[1], tonumber(redis.call('HGET', KEYS[1], 'blockedUntilMs') or '0'))
redis.call('HSET', KEYS[1], 'blockedUntilMs', string.format('%.0f', until_ms))
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', until_ms + 120000))
return 1
