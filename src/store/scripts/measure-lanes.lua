-- Tells how much lies in lanes now; on a Cluster one at a time, since each has a slot of its own.
-- KEYS the state of each lane; its other keys differ from it in their end alone, and are not sent: for a thousand lanes they
-- would be most of the work
-- ARGV[1] end of a state's key; ARGV[2..8] ends of waiting, tests, held, retries, failed, expired, skipped
-- Returns for each lane {status, failures in a row, forgotten, waiting with tests, the ref that is first in line or '', held,
-- retrying, failed, expired, skipped}, cut off where only zeros would follow; {'gone'} of a lane that was removed
local replies = {}
for index, key in ipairs(KEYS) do
  local state = redis.call('HMGET', key, 'status', 'failures', 'forgotten')
  local reply = { 'gone' }
  if state[1] then
    local own = {}
    local start = string.sub(key, 1, -#ARGV[1] - 1)
    for at = 2, 8 do own[at - 1] = start .. ARGV[at] end
    local waiting = redis.call('LLEN', own[1])
    reply = { state[1], state[2] or '0', state[3] or '0' }
    -- Most lanes hold nothing else: one question instead of six.
    local others = redis.call('EXISTS', unpack(own, 2))
    if waiting > 0 or others > 0 then
      reply[4] = waiting
      reply[5] = waiting > 0 and redis.call('LINDEX', own[1], 0) or ''
    end
    if others > 0 then
      reply[4] = waiting + redis.call('LLEN', own[2])
      for at = 3, 7 do reply[at + 3] = redis.call('ZCARD', own[at]) end
    end
  end
  replies[index] = reply
end
return replies
