-- Tells the holder of a lane what to send next. Nothing is removed: a ref leaves the lane when its outcome is recorded.
-- Tests go out of a paused lane as well. While the subscriber cannot be reached, one delivery alone is tried (the probe).
-- KEYS[1] lane state, KEYS[2] tests, KEYS[3] waiting, KEYS[4] retries, KEYS[5] records
-- ARGV[1] epoch, ARGV[2] now in ms, ARGV[3] most refs, counting those already on their way,
-- ARGV[4] failures in a row without any answer from which only the probe is tried
-- Returns {'fenced'} or {'claimed', next due in ms ('' = never), then for each ref: origin, ref, record ('' = none)}
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return { 'fenced' } end
local now, most = tonumber(ARGV[2]), tonumber(ARGV[3])
local claimed, room = { 'claimed', '' }, most
local function claim(origin, refs)
  for _, ref in ipairs(refs) do
    claimed[#claimed + 1] = origin
    claimed[#claimed + 1] = ref
    -- What waits has never been attempted, so it has no record.
    claimed[#claimed + 1] = origin ~= 'waiting' and redis.call('HGET', KEYS[5], ref) or ''
  end
  room = room - #refs
end
local state = redis.call('HMGET', KEYS[1], 'status', 'holdUntilMs', 'unreachable', 'probe')
if state[1] == 'disabled' then return claimed end
claim('tests', redis.call('LRANGE', KEYS[2], 0, room - 1))
if state[1] ~= 'active' then return claimed end
local hold = tonumber(state[2] or '0')
local first = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
local head = redis.call('LINDEX', KEYS[3], 0)
if tonumber(state[3] or '0') >= tonumber(ARGV[4]) then
  local probe, due = state[4], nil
  if probe then due = redis.call('ZSCORE', KEYS[4], probe) end
  if not due then probe, due = first[1], first[2] end
  local origin = 'retries'
  if not due and head then probe, due, origin = head, '0', 'waiting' end
  if not due then return claimed end
  redis.call('HSET', KEYS[1], 'probe', probe)
  due = math.max(tonumber(due), hold)
  if due > now then
    claimed[2] = string.format('%.0f', due)
  elseif room > 0 then
    claim(origin, { probe })
  end
  return claimed
end
if hold > now then
  if head or first[1] then claimed[2] = string.format('%.0f', math.max(hold, head and 0 or tonumber(first[2]))) end
  return claimed
end
if room > 0 then claim('retries', redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'LIMIT', 0, room)) end
if room > 0 then claim('waiting', redis.call('LRANGE', KEYS[3], 0, room - 1)) end
local nextRetry = redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if nextRetry[2] then claimed[2] = string.format('%.0f', tonumber(nextRetry[2])) end
return claimed
