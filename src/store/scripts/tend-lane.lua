-- Tells whether a lane has work that is due, or notices to be announced. Forgets on the way what ended longer ago than the
-- retention or is more than it keeps, a bounded number at a time, and counts that.
-- KEYS[1] lane state, KEYS[2] tests, KEYS[3] waiting, KEYS[4] retries, KEYS[5] records, KEYS[6] notices, KEYS[7] failed,
-- KEYS[8] expired, KEYS[9] skipped
-- ARGV[1] now in ms, ARGV[2] forget what ended before, in ms, ARGV[3] most to keep of each,
-- ARGV[4] most to forget of each in this call, ARGV[5] failures in a row from which only the probe is tried
-- Returns {work due: '0' or '1', consecutive failures}; of a lane that was removed nothing is due
local state = redis.call('HMGET', KEYS[1], 'status', 'failures', 'holdUntilMs', 'unreachable', 'probe', 'nextStartMs', 'probeByMs')
local forgotten = 0
for index = 7, 9 do
  local surplus = math.min(redis.call('ZCARD', KEYS[index]) - ARGV[3], tonumber(ARGV[4]))
  local old = redis.call('ZRANGEBYSCORE', KEYS[index], '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[4])
  if surplus > #old then old = redis.call('ZRANGE', KEYS[index], 0, surplus - 1) end
  if #old > 0 then
    redis.call('ZREM', KEYS[index], unpack(old))
    redis.call('HDEL', KEYS[5], unpack(old))
    forgotten = forgotten + #old
  end
end
if forgotten > 0 then redis.call('HINCRBY', KEYS[1], 'forgotten', forgotten) end
local failures = state[2] or '0'
if redis.call('EXISTS', KEYS[6]) == 1 then return { '1', failures } end
local now = tonumber(ARGV[1])
if tonumber(state[6] or '0') > now then return { '0', failures } end
if state[1] == 'disabled' or tonumber(state[3] or '0') > now then return { '0', failures } end
if redis.call('EXISTS', KEYS[2]) == 1 then return { '1', failures } end
if state[1] ~= 'active' then return { '0', failures } end
if tonumber(state[4] or '0') >= tonumber(ARGV[5]) then
  local probe, due = find_probe(KEYS[4], state[5], state[7])
  if probe then return { due <= now and '1' or '0', failures } end
end
local first = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
local retry_due = first[2] and tonumber(first[2]) <= now
local waits = redis.call('EXISTS', KEYS[3]) == 1
return { (waits or retry_due) and '1' or '0', failures }
