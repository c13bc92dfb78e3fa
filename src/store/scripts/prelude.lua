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

-- The last id that an event log gave out, whether its entry is still there or not.
local function end_of_log(key)
  if redis.call('EXISTS', key) == 0 then return '0-0' end
  local info = redis.call('XINFO', 'STREAM', key)
  for index = 1, #info, 2 do
    if info[index] == 'last-generated-id' then return info[index + 1] end
  end
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


-- Whose order a lane keeps: the source and the contact that a ref names; nil for what is about nobody.
local function contact_of(ref)
  local source, contact = string.match(ref, '^(%S+) %S+ %S+ (.+)$')
  return source and source .. ' ' .. contact
end

-- What is held back lies as `{contact}\n{16 digits}\n{ref}`, so that one contact's deliveries are a range in their order.
local function held_member(contact, number, ref)
  return contact .. '\n' .. string.format('%016.0f', number) .. '\n' .. ref
end
local function held_ref(member)
  return string.match(member, '\n%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d\n(.+)$')
end

-- Puts refs before all that waits, the first of them first.
local function put_first(waiting, refs)
  for index = #refs, 1, -1 do redis.call('LPUSH', waiting, refs[index]) end
end

-- The delivery that held back the later ones of its contact has ended: they wait again, before all else.
local function release_contact(ref, waiting, held, blocked)
  local contact = contact_of(ref)
  if not contact or redis.call('HGET', blocked, contact) ~= ref then return end
  redis.call('HDEL', blocked, contact)
  local from, to = '[' .. contact .. '\n', '(' .. contact .. '\n:'
  local refs = {}
  for index, member in ipairs(redis.call('ZRANGEBYLEX', held, from, to)) do refs[index] = held_ref(member) end
  put_first(waiting, refs)
  redis.call('ZREMRANGEBYLEX', held, from, to)
end

-- The one delivery that is tried while the subscriber cannot be reached, and when: by its own schedule, and no later than
-- `by` (false or '0' = by its schedule alone). Nil where none is retried.
local function find_probe(retries, chosen, by)
  local probe, due = chosen, chosen and redis.call('ZSCORE', retries, chosen)
  if not due then
    local first = redis.call('ZRANGE', retries, 0, 0, 'WITHSCORES')
    probe, due = first[1], first[2]
  end
  if not due then return nil end
  by = tonumber(by or '0')
  return probe, by > 0 and math.min(tonumber(due), by) or tonumber(due)
end

-- A lane begins anew; how often it has. A drain that is under way must not write back the health that it knows from before.
local function forget_failures(state)
  redis.call('HSET', state, 'failures', '0', 'unreachable', '0')
  redis.call('HDEL', state, 'probe', 'probeByMs', 'failingSinceMs', 'warnedPercent')
  return redis.call('HINCRBY', state, 'resumes', 1)
end
