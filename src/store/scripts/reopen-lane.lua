-- Puts deliveries behind what waits, to be made anew, whatever became of them; what is still to be delivered stays where it
-- is. A lane that is paused or disabled keeps them; one that was removed takes none.
-- KEYS[1] lane state, KEYS[2] waiting, KEYS[3] retries, KEYS[4] failed, KEYS[5] expired, KEYS[6] skipped,
-- KEYS[7] held
-- ARGV[1] '1' = only count, then refs
-- Returns how many were put there, or would be
if redis.call('HEXISTS', KEYS[1], 'status') == 0 then return 0 end
local open = {}
for _, ref in ipairs(redis.call('LRANGE', KEYS[2], 0, -1)) do open[ref] = true end
for _, member in ipairs(redis.call('ZRANGE', KEYS[7], 0, -1)) do open[held_ref(member)] = true end
local reopened = 0
for at = 2, #ARGV do
  local ref = ARGV[at]
  if not open[ref] and not redis.call('ZSCORE', KEYS[3], ref) then
    if ARGV[1] ~= '1' then
      for index = 4, 6 do redis.call('ZREM', KEYS[index], ref) end
      redis.call('RPUSH', KEYS[2], ref)
    end
    open[ref] = true
    reopened = reopened + 1
  end
end
return reopened
