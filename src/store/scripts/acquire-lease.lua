-- Takes the lease on a source or a lane, so that one holder at a time works on it anywhere in the fleet. Scripts that write
-- check the epoch of whoever calls. Whoever finds the lease held leaves a knock, which the holder hears when it lets go; one
-- who asks a second time, because the first answer got lost, has it.
-- KEYS[1] state hash
-- ARGV[1] lease in ms, ARGV[2] epoch, as nobody had it yet
-- Returns 'held' or 'acquired'
local now = math.floor(redis_ms())
local lease = redis.call('HMGET', KEYS[1], 'leaseUntilMs', 'epoch')
local lease_until = tonumber(lease[1] or '0')
-- Further ahead than any lease lasts, it was taken before this Redis's clock was set back.
if lease_until > now and lease_until <= now + ARGV[1] and lease[2] ~= ARGV[2] then
  redis.call('HSET', KEYS[1], 'knock', '1')
  return 'held'
end
redis.call('HSET', KEYS[1], 'epoch', ARGV[2], 'leaseUntilMs', string.format('%.0f', now + ARGV[1]))
redis.call('HDEL', KEYS[1], 'knock')
return 'acquired'
