-- Replaces one field of a hash if it still holds what the caller read, so that two writers cannot undo each other.
-- KEYS[1] hash, KEYS[2] version (optional), raised by every change, and with time, so that no version comes back when Redis
-- was emptied
-- ARGV[1] field, ARGV[2] expected value ('' = none), ARGV[3] new value ('' = remove it)
-- Returns 1 when replaced, else 0
local found = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if found ~= ARGV[2] then return 0 end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
if not KEYS[2] then return 1 end
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
redis.call('SET', KEYS[2], string.format('%.0f', math.max(last + 1, redis_ms() * 1000)))
return 1
