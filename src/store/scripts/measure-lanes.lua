-- Tells how much lies in lanes now; on a Cluster one at a time, since each has a slot of its own.
-- KEYS eight of each lane: its state, tests, waiting, held, retries, failed, expired, skipped
-- Returns for each lane {status, failures in a row, forgotten, waiting with tests, held, retrying, failed, expired, skipped,
-- the ref that is first in line or ''}; {'gone'} of a lane that was removed
local replies = {}
for first = 1, #KEYS, 8 do
  local state = redis.call('HMGET', KEYS[first], 'status', 'failures', 'forgotten')
  local reply = { 'gone' }
  if state[1] then
    local waiting = redis.call('LLEN', KEYS[first + 1]) + redis.call('LLEN', KEYS[first + 2])
    reply = { state[1], state[2] or '0', state[3] or '0', waiting }
    for offset = 3, 7 do reply[offset + 2] = redis.call('ZCARD', KEYS[first + offset]) end
    reply[10] = redis.call('LINDEX', KEYS[first + 2], 0) or ''
  end
  replies[#replies + 1] = reply
end
return replies
