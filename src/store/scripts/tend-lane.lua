-- Tells whether a lane has work that is due, and forgets what ended longer ago than the retention, a bounded number at a
-- time.
-- KEYS[1] lane state, KEYS[2] tests, KEYS[3] waiting, KEYS[4] retries, KEYS[5] records, KEYS[6] failed, KEYS[7] expired,
-- KEYS[8] skipped
-- ARGV[1] now in ms, ARGV[2] forget what ended before, in ms, ARGV[3] failures in a row from which only the probe is tried
-- Returns {work due: '0' or '1', consecutive failures}; of a lane that was removed nothing is due
local state = redis.call('HMGET', KEYS[1], 'status', 'failures', 'holdUntilMs', 'unreachable', 'probe')
for index = 6, 8 do
  local old = redis.call('ZRANGEBYSCORE', KEYS[index], '-inf', '(' .. ARGV[2], 'LIMIT', 0, 100)
  if #old > 0 then
    redis.call('ZREM', KEYS[index], unpack(old))
    redis.call('HDEL', KEYS[5], unpack(old))
  end
end
local failures = state[2] or '0'
if state[1] ~= 'disabled' and redis.call('EXISTS', KEYS[2]) == 1 then return { '1', failures } end
local now = tonumber(ARGV[1])
if state[1] ~= 'active' or tonumber(state[3] or '0') > now then return { '0', failures } end
local first = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
local retryDue = first[2] and tonumber(first[2]) <= now
local waits = redis.call('EXISTS', KEYS[3]) == 1
if tonumber(state[4] or '0') >= tonumber(ARGV[3]) then
  local due = state[5] and redis.call('ZSCORE', KEYS[4], state[5])
  if due then return { tonumber(due) <= now and '1' or '0', failures } end
  if first[2] then return { retryDue and '1' or '0', failures } end
end
return { (waits or retryDue) and '1' or '0', failures }
