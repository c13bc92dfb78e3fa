-- Makes a paused or disabled lane active again; with `skip`, what waits is not delivered but kept as skipped.
-- KEYS[1] lane state, KEYS[2] waiting, KEYS[3] retries, KEYS[4] skipped
-- ARGV[1] now in ms, ARGV[2] 'deliver' or 'skip'
-- Returns 'gone' or 'resumed'
if redis.call('HEXISTS', KEYS[1], 'status') == 0 then return 'gone' end
redis.call('HSET', KEYS[1], 'status', 'active', 'failures', '0', 'unreachable', '0')
redis.call('HDEL', KEYS[1], 'disabledReason', 'holdUntilMs', 'probe')
-- A drain that is under way must not write back the health that it knows from before.
redis.call('HINCRBY', KEYS[1], 'resumes', 1)
if ARGV[2] == 'skip' then
  local function skip(refs)
    for _, ref in ipairs(refs) do redis.call('ZADD', KEYS[4], ARGV[1], ref) end
    if #refs > 0 then redis.call('HINCRBY', KEYS[1], 'skipped', #refs) end
  end
  skip(redis.call('LRANGE', KEYS[2], 0, -1))
  skip(redis.call('ZRANGE', KEYS[3], 0, -1))
  redis.call('DEL', KEYS[2], KEYS[3])
end
return 'resumed'
