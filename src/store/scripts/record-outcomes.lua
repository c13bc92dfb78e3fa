-- Records what became of attempts and, with them, the lane's health. A ref that is no longer where it was claimed from
-- (recorded before, or skipped meanwhile) is left alone. Items leave a lane by ref, never by count.
-- KEYS[1] lane state, KEYS[2] tests, KEYS[3] waiting, KEYS[4] retries, KEYS[5] records, KEYS[6] delivered, KEYS[7] failed,
-- KEYS[8] expired, KEYS[9] held, KEYS[10] blocked, KEYS[11] notices
-- ARGV[1] epoch, ARGV[2] now in ms, ARGV[3] most delivered to keep, ARGV[4] number of outcomes, then
--   for each outcome: origin, ref, kind (delivered, retry, failed, expired), due in ms ('' = none), record
--   then how often the lane was resumed as far as the caller knows, until when the subscriber asked for silence, in ms; what
--   follows counts only if it was not resumed since: the number of notices, each notice, then for each lane state field: name, value
-- Returns {'fenced'}, {'outdated'} where the lane was resumed since, or {'recorded', lane status}
local state = redis.call('HMGET', KEYS[1], 'epoch', 'ordering', 'resumes', 'readdressed')
if state[1] ~= ARGV[1] then return { 'fenced' } end
local lists = { tests = KEYS[2], waiting = KEYS[3] }
local final = { failed = KEYS[7], expired = KEYS[8] }
local at, delivered = 5, {}

local function keep_order(origin, ref, kind)
  local contact = contact_of(ref)
  if contact and kind == 'retry' then
    redis.call('HSET', KEYS[10], contact, ref)
  elseif origin == 'retries' then
    release_contact(ref, KEYS[3], KEYS[9], KEYS[10])
  end
end

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
      delivered[#delivered + 1] = ref
    else
      redis.call('HSET', KEYS[5], ref, record)
      if kind == 'retry' then
        redis.call('ZADD', KEYS[4], due, ref)
      else
        redis.call('ZADD', final[kind], ARGV[2], ref)
      end
    end
    if kind ~= 'retry' then redis.call('HINCRBY', KEYS[1], kind, 1) end
    if state[2] == 'contact' then keep_order(origin, ref, kind) end
  end
end
if #delivered > 0 then
  redis.call('LTRIM', KEYS[6], 0, ARGV[3] - 1)
  for index = 1, #delivered, 1000 do
    redis.call('HDEL', KEYS[5], unpack(delivered, index, math.min(index + 999, #delivered)))
  end
end
-- The silence holds over a resume, but not at another address.
if tonumber(ARGV[at]) >= tonumber(state[4] or '0') then redis.call('HSET', KEYS[1], 'holdUntilMs', ARGV[at + 1]) end
if (state[3] or '0') ~= ARGV[at] then return { 'outdated' } end
local notices = tonumber(ARGV[at + 2])
at = at + 3
for index = at, at + notices - 1 do redis.call('RPUSH', KEYS[11], ARGV[index]) end
redis.call('HSET', KEYS[1], unpack(ARGV, at + notices))
return { 'recorded', redis.call('HGET', KEYS[1], 'status') }
