-- Puts deliveries behind what waits, to be made anew, whatever became of them; what is being retried stays where it is. A
-- lane that is paused or disabled keeps them; one that was removed takes none. The caller has looked which of them still
-- wait: that holds as long as nobody else has reopened any.
-- KEYS[1] lane state, KEYS[2] waiting, KEYS[3] retries, KEYS[4] failed, KEYS[5] expired, KEYS[6] skipped
-- ARGV[1] how often any were reopened when the caller looked, ARGV[2] '1' = only count, then refs that do not wait
-- Returns {'gone'}, {'moved'} if the caller has to look again, or {'reopened', how often now, how many were put there or would be}
local state = redis.call('HMGET', KEYS[1], 'status', 'reopens')
if not state[1] then return { 'gone' } end
if (state[2] or '0') ~= ARGV[1] then return { 'moved' } end
local endings = { 'failed', 'expired', 'skipped' }
local seen, count = {}, 0
for at = 3, #ARGV do
  local ref = ARGV[at]
  if not seen[ref] and not redis.call('ZSCORE', KEYS[3], ref) then
    seen[ref] = true
    count = count + 1
    if ARGV[2] ~= '1' then
      for index, name in ipairs(endings) do
        -- It has not ended after all: the lane counts it again when it does.
        if redis.call('ZREM', KEYS[3 + index], ref) == 1 then redis.call('HINCRBY', KEYS[1], name, -1) end
      end
      redis.call('RPUSH', KEYS[2], ref)
    end
  end
end
if count == 0 or ARGV[2] == '1' then return { 'reopened', ARGV[1], count } end
return { 'reopened', tostring(redis.call('HINCRBY', KEYS[1], 'reopens', 1)), count }
