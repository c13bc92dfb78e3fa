-- Makes a paused or disabled lane active again; with `skip`, what waits is not delivered but kept as skipped. A
-- time that the subscriber asked to be left alone holds on: it was not asked whether it can be called again.
-- KEYS[1] lane state, KEYS[2] waiting, KEYS[3] retries, KEYS[4] skipped, KEYS[5] held, KEYS[6] blocked
-- ARGV[1] now in ms, ARGV[2] 'deliver' or 'skip'
-- Returns 'gone' or 'resumed'
if redis.call('HEXISTS', KEYS[1], 'status') == 0 then return 'gone' end
redis.call('HSET', KEYS[1], 'status', 'active')
redis.call('HDEL', KEYS[1], 'disabledReason')
forget_failures(KEYS[1])
if ARGV[2] == 'skip' then
  local function skip(ref) redis.call('ZADD', KEYS[4], ARGV[1], ref) end
  local waiting, retries = redis.call('LRANGE', KEYS[2], 0, -1), redis.call('ZRANGE', KEYS[3], 0, -1)
  local held = redis.call('ZRANGE', KEYS[5], 0, -1)
  for _, ref in ipairs(waiting) do skip(ref) end
  for _, ref in ipairs(retries) do skip(ref) end
  for _, member in ipairs(held) do skip(held_ref(member)) end
  local skipped = #waiting + #retries + #held
  if skipped > 0 then redis.call('HINCRBY', KEYS[1], 'skipped', skipped) end
  redis.call('DEL', KEYS[2], KEYS[3], KEYS[5], KEYS[6])
end
return 'resumed'
