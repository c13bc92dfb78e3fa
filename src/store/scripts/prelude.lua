-- Stands before every script: what several of them need.

-- Redis's time in ms, with microseconds behind the point.
local function redis_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end

-- Whether one log id (`{ms}-{number}`) comes before another.
local function comes_before(left, right)
  local left_ms, left_number = string.match(left, '^(%d+)-(%d+)$')
  local right_ms, right_number = string.match(right, '^(%d+)-(%d+)$')
  if left_ms ~= right_ms then return tonumber(left_ms) < tonumber(right_ms) end
  return tonumber(left_number) < tonumber(right_number)
end

-- What holds of a token's budget at this moment: `limit` (the least that anyone asked with in the last two minutes), `rate`
-- (what of it is in force), `blocked_until`, `limited_at` (the last 429, nil where the budget has got over it), `next_at`.
-- A 429 halves the rate; from the end of the silence on it rises by a tenth of the limit a minute.
local recovery_ms = 600000
local function read_pace(key, now, limit)
  local found = redis.call('HMGET', key, 'limit', 'limitAtMs', 'blockedUntilMs', 'limitedAtMs', 'halvedTo', 'nextAtMs')
  local limit_at = tonumber(found[2] or '0')
  if limit_at <= now and limit_at > now - 120000 then limit = math.min(limit, tonumber(found[1])) end
  local blocked_until, limited_at = tonumber(found[3] or '0'), tonumber(found[4] or '0')
  if limited_at > now then
    -- The clock was set back: what it measured goes back with it.
    blocked_until, limited_at = blocked_until - (limited_at - now), now
    redis.call('HSET', key, 'blockedUntilMs', string.format('%.3f', blocked_until), 'limitedAtMs', string.format('%.3f', now))
  end
  local pace = { limit = limit, rate = limit, blocked_until = blocked_until, next_at = tonumber(found[6] or '0') }
  pace.recovered_at = math.max(limited_at, blocked_until) + recovery_ms
  if limited_at == 0 or now >= pace.recovered_at then return pace end
  pace.limited_at = limited_at
  local risen = math.max(0, now - math.max(limited_at, blocked_until)) / 60000 * limit / 10
  pace.rate = math.min(limit, tonumber(found[5]) + risen)
  return pace
end

