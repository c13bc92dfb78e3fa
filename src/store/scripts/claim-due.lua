-- Tells the holder of a lane what to send next. Nothing is removed: a ref leaves the lane when its outcome is recorded.
-- Tests go out of a paused lane as well, and nothing does while the subscriber asked for silence. While the subscriber cannot be reached, one delivery alone is tried (the probe).
-- Where the order of each contact is kept, what waits behind a retry of its contact is held back, so that others flow.
-- Where attempts have a pace, those handed out have their times reserved: another holder starts its own after them.
-- KEYS[1] lane state, KEYS[2] tests, KEYS[3] waiting, KEYS[4] retries, KEYS[5] records, KEYS[6] held, KEYS[7] blocked,
-- KEYS[8] notices
-- ARGV[1] epoch, ARGV[2] now in ms, ARGV[3] most refs, counting those already on their way,
-- ARGV[4] failures in a row without any answer from which only the probe is tried, ARGV[5] ordering; where there is a pace:
-- ARGV[6] ms between two attempts, ARGV[7] most to hand out, ARGV[8] ms by which the last may be late, then the refs that the
-- caller has already
-- Returns {'fenced'}, {'reorder'} where the lane is not ordered that way yet, or {'claimed', next due in ms ('' = never),
-- '1' when more is due, '1' when there are notices, when the last attempt may begin ('' = whenever),
-- then for each ref: origin, ref, record (false = none)}
local state = redis.call('HMGET', KEYS[1], 'epoch', 'status', 'holdUntilMs', 'unreachable', 'probe', 'ordering', 'nextStartMs', 'probeByMs')
if state[1] ~= ARGV[1] then return { 'fenced' } end
if (state[6] or 'none') ~= ARGV[5] then return { 'reorder' } end
local now, room, interval = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[6] or '')
local next_due, more, last_start = nil, false, ''
local origins, refs = {}, {}
local known, fresh, next_start, is_left = {}, math.huge, 0, false
if interval then
  for index = 9, #ARGV do known[ARGV[index]] = true end
  fresh = tonumber(ARGV[7])
  -- No reservation reaches further: the clock was set back.
  next_start = math.min(tonumber(state[7] or '0'), now + fresh * interval + ARGV[8])
  if next_start > now then fresh = 0 end
end
local function take(origin, found)
  room = room - #found
  for _, ref in ipairs(found) do
    if fresh > 0 and not known[ref] then
      fresh = fresh - 1
      origins[#origins + 1] = origin
      refs[#refs + 1] = ref
    elseif not known[ref] then
      is_left = true
    end
  end
end

-- Looks at a bounded number of those that wait, and takes only some of one contact, so that it keeps nobody else out.
local function take_in_order()
  local most_looked, most_each = 1000, interval and 1 or 10
  local looked, kept, taken, is_moved = 0, {}, {}, false
  while room > 0 and looked < most_looked do
    local found, contacts = redis.call('LRANGE', KEYS[3], looked, looked + 99), {}
    if #found == 0 then break end
    looked = looked + #found
    for index, ref in ipairs(found) do contacts[index] = contact_of(ref) or '' end
    local blockers = redis.call('HMGET', KEYS[7], unpack(contacts))
    for index, ref in ipairs(found) do
      local contact = contacts[index]
      if blockers[index] then
        redis.call('ZADD', KEYS[6], 0, held_member(contact, redis.call('HINCRBY', KEYS[1], 'held', 1), ref))
        is_moved = true
      else
        kept[#kept + 1] = ref
        taken[contact] = (taken[contact] or 0) + 1
        if room > 0 and (contact == '' or taken[contact] <= most_each) then take('waiting', { ref }) end
      end
    end
  end
  if is_moved then
    redis.call('LTRIM', KEYS[3], looked, -1)
    put_first(KEYS[3], kept)
  end
  more = more or (looked >= most_looked and #refs == 0)
end

local function take_probe(hold, head)
  local origin, probe, due = 'retries', find_probe(KEYS[4], state[5], state[8])
  if not probe and head then origin, probe, due = 'waiting', head, 0 end
  if not probe then return end
  redis.call('HSET', KEYS[1], 'probe', probe)
  if math.max(due, hold) > now then
    next_due = math.max(due, hold)
  elseif room > 0 then
    take(origin, { probe })
  end
end

local function take_all()
  if state[2] == 'disabled' then return end
  local hold = tonumber(state[3] or '0')
  if hold > now and redis.call('EXISTS', KEYS[2]) == 1 then
    next_due = hold
    return
  end
  take('tests', redis.call('LRANGE', KEYS[2], 0, room - 1))
  if state[2] ~= 'active' then return end
  local first = redis.call('ZRANGE', KEYS[4], 0, 0, 'WITHSCORES')
  local head = redis.call('LINDEX', KEYS[3], 0)
  if tonumber(state[4] or '0') >= tonumber(ARGV[4]) then return take_probe(hold, head) end
  if hold > now then
    if head or first[1] then next_due = math.max(hold, head and 0 or tonumber(first[2])) end
    return
  end
  if room > 0 then take('retries', redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'LIMIT', 0, room)) end
  if room > 0 then
    if ARGV[5] == 'contact' then
      take_in_order()
    else
      take('waiting', redis.call('LRANGE', KEYS[3], 0, room - 1))
    end
  end
  more = more or room <= 0
  local nextRetry = redis.call('ZRANGEBYSCORE', KEYS[4], '(' .. ARGV[2], '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if nextRetry[2] then next_due = tonumber(nextRetry[2]) end
end

take_all()
if interval then
  if #refs > 0 then
    next_start = now + #refs * interval + ARGV[8]
    last_start = string.format('%.3f', next_start - interval)
    redis.call('HSET', KEYS[1], 'nextStartMs', string.format('%.3f', next_start))
  end
  if is_left or room <= 0 then
    next_due, more = next_start, false
  elseif next_due then
    next_due = math.max(next_due, next_start)
  end
end
local has_notices = redis.call('EXISTS', KEYS[8]) == 1
local reply = {
  'claimed', next_due and string.format('%.0f', math.ceil(next_due)) or '', more and '1' or '0',
  has_notices and '1' or '0', last_start,
}
local records = #refs > 0 and redis.call('HMGET', KEYS[5], unpack(refs)) or {}
for index, ref in ipairs(refs) do
  reply[#reply + 1] = origins[index]
  reply[#reply + 1] = ref
  reply[#reply + 1] = records[index]
end
return reply
