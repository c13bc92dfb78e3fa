-- Grants one request of a token's budget, or says how long to wait. A grant counts until a minute after its answer (until
-- then, after the request's deadline), so that no sliding minute at the inbox can hold more than the limit; grants are
-- spaced evenly. Whoever is told to wait gets a place in the queue and keeps it by coming back in time.
-- KEYS[1] requests zset (member: grant, score: when it stops counting, ms), KEYS[2] pace hash,
-- KEYS[3] waiting zset (member: asker, score: since when, ms)
-- ARGV[1] grant id, ARGV[2] limit per minute, ARGV[3] the request's deadline in ms, ARGV[4] asker,
-- ARGV[5] 1 when urgent, ARGV[6] how long the asker would wait, ms
-- Returns {'granted', now} or {'wait', ms}

-- Others go first that began to wait this much later, if they are urgent and the asker is not.
local handicap_ms = 10000
-- Each of those before the asker has this long to come for the turn; one who does not has died, or given up.
local grace_ms = 500

local now = redis_ms()
local limit, deadline = tonumber(ARGV[2]), tonumber(ARGV[3])
local pace = read_pace(KEYS[2], now, limit)
local spacing = 60000 / pace.rate
if limit == pace.limit then
  redis.call('HSET', KEYS[2], 'limit', ARGV[2], 'limitAtMs', string.format('%.3f', now))
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
-- Times further ahead than any that can be written now were written before this Redis's clock was set back.
redis.call('ZREMRANGEBYSCORE', KEYS[1], now + deadline + 61000, '+inf')

local used = redis.call('ZCARD', KEYS[1])
-- Further ahead than this request could put it, it was put by a slower rate, or before the clock was set back.
if pace.next_at > now + spacing then
  pace.next_at = now + spacing
  redis.call('HSET', KEYS[2], 'nextAtMs', string.format('%.3f', pace.next_at))
end
local at = math.max(pace.next_at, pace.blocked_until)
if used >= pace.limit then
  local decisive = used - pace.limit
  at = math.max(at, tonumber(redis.call('ZRANGE', KEYS[1], decisive, decisive, 'WITHSCORES')[2]))
end
local since = now
if ARGV[5] ~= '1' then since = now + handicap_ms end
since = math.min(since, tonumber(redis.call('ZSCORE', KEYS[3], ARGV[4]) or since))
local place = redis.call('ZCOUNT', KEYS[3], '-inf', string.format('(%.3f', since))
local expires = string.format('%.0f', math.max(now + 120000 + deadline, pace.recovered_at + 60000))
redis.call('PEXPIREAT', KEYS[2], expires)

if at + place * grace_ms > now then
  local wait = math.max(1, math.ceil(math.max(at - now, 0) + place * math.min(spacing, grace_ms)))
  if wait > tonumber(ARGV[6]) then
    redis.call('ZREM', KEYS[3], ARGV[4])
  else
    redis.call('ZADD', KEYS[3], string.format('%.3f', since), ARGV[4])
    redis.call('PEXPIRE', KEYS[3], 120000 + wait)
  end
  return { 'wait', wait }
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', string.format('(%.3f', since))
redis.call('ZREM', KEYS[3], ARGV[4])
redis.call('ZADD', KEYS[1], string.format('%.3f', now + deadline + 60000), ARGV[1])
redis.call('PEXPIRE', KEYS[1], 120000 + deadline)
redis.call('HSET', KEYS[2], 'nextAtMs', string.format('%.3f', now + spacing))
return { 'granted', string.format('%.3f', now) }
