-- Prolongs a lease that is still the caller's.
-- KEYS[1] state hash
-- ARGV[1] epoch, ARGV[2] lease in ms
-- Returns 1, or 0 when another holder has come
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
local now = math.floor(redis_ms())
redis.call('HSET', KEYS[1], 'leaseUntilMs', string.format('%.0f', now + ARGV[2]))
return 1
