-- Tells how much lies in lanes now; on a Cluster one at a time, since each has a slot of its own.
-- KEYS eight of each lane: its state, waiting, tests, held, retries, failed, expired, skipped
-- Returns for each lane {status, failures in a row, forgotten, waiting with tests, the ref that is first in line or '', held,
-- retrying, failed, expired, skipped}, cut off where only zeros would follow; {'gone'} of a lane that was removed
local replies = {}
for first = 1, #KEYS, 8 do
  local state = redis.call('HMGET', KEYS[first], 'status', 'failures', 'forgotten')
  local reply = { 'gone' }
  if state[1] then
    local waiting = redis.call('LLEN', KEYS[first + 1])
    reply = { state[1], state[2] or '0', state[3] or '0' }
    -- Most lanes hold nothing else: one question instead of six.
    local others = redis.call('EXISTS', unpack(KEYS, first + 2, first + 7))
    if waiting > 0 or others > 0 then
      reply[4] = waiting
      reply[5] = waiting > 0 and redis.call('LINDEX', KEYS[first + 1], 0) or ''
    end
    if others > 0 then
      reply[4] = waiting + redis.call('LLEN', KEYS[first + 2])
      for offset = 3, 7 do reply[offset + 3] = redis.call('ZCARD', KEYS[first + offset]) end
    end
  end
  replies[#replies + 1] = reply
end
return replies
