-- Records what became of attempts and, with them, the lane's health. A ref that is no longer where it was claimed from
-- (recorded before, or skipped meanwhile) is left alone. Items leave a lane by ref, never by count.
-- KEYS[1] lane state, KEYS[2] tests, KEYS[3] waiting, KEYS[4] retries, KEYS[5] records, KEYS[6] delivered, KEYS[7] failed,
-- KEYS[8] expired
-- ARGV[1] epoch, ARGV[2] now in ms, ARGV[3] most delivered to keep, ARGV[4] number of outcomes, then
--   for each outcome: origin, ref, kind (delivered, retry, failed, expired), due in ms ('' = none), record
--   then how often the lane was resumed as far as the caller knows, then for each lane state field: name, value, which are
--   written only if it was not resumed since
-- Returns {'fenced'} or {'recorded', lane status}
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return { 'fenced' } end
local lists = { tests = KEYS[2], waiting = KEYS[3] }
local final = { failed = KEYS[7], expired = KEYS[8] }
local at, delivered = 5, false
for _ = 1, tonumber(ARGV[4]) do
  local origin, ref, kind, due, record = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
  at = at + 5
  local removed
  if origin == 'retries' then
    removed = redis.call('ZREM', KEYS[4], ref)
  else
    removed = redis.call('LREM', lists[origin], 1, ref)
  end
  if removed > 0 then
    if kind == 'delivered' then
      redis.call('LPUSH', KEYS[6], record)
      if origin == 'retries' then redis.call('HDEL', KEYS[5], ref) end
      delivered = true
    else
      redis.call('HSET', KEYS[5], ref, record)
      if kind == 'retry' then
        redis.call('ZADD', KEYS[4], due, ref)
      else
        redis.call('ZADD', final[kind], ARGV[2], ref)
      end
    end
    if kind ~= 'retry' then redis.call('HINCRBY', KEYS[1], kind, 1) end
  end
end
if delivered then redis.call('LTRIM', KEYS[6], 0, ARGV[3] - 1) end
if (redis.call('HGET', KEYS[1], 'resumes') or '0') == ARGV[at] then
  for index = at + 1, #ARGV, 2 do
    redis.call('HSET', KEYS[1], ARGV[index], ARGV[index + 1])
  end
end
return { 'recorded', redis.call('HGET', KEYS[1], 'status') }
