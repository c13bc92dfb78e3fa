-- Tells whoever holds a lease that someone else waits for it, as an attempt to take it does.
-- KEYS[1] state hash
-- Returns 1 when someone holds it, else 0
local lease = tonumber(redis.call('HGET', KEYS[1], 'leaseUntilMs') or '0')
if lease <= redis_ms() then return 0 end
redis.call('HSET', KEYS[1], 'knock', '1')
return 1
