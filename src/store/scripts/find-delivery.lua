-- Tells how one delivery stands in a lane, wherever it lies.
-- KEYS[1] lane state, KEYS[2] tests, KEYS[3] waiting, KEYS[4] held, KEYS[5] retries, KEYS[6] records, KEYS[7] delivered,
-- KEYS[8] failed, KEYS[9] expired, KEYS[10] skipped
-- ARGV[1] ref, ARGV[2] the same as a record begins with it, behind its brace, ARGV[3] how many of those that wait to look
-- through from either end, ARGV[4] failures in a row without any answer from which only the probe is tried, ARGV[5] a moment
-- in ISO 8601 before which it cannot have been delivered
-- Returns {lane status ('' = gone), its status ('' = not found), its record ('' = none), when it is next tried in ms ('' = not planned)}
local ref = ARGV[1]
local state = redis.call('HMGET', KEYS[1], 'status', 'holdUntilMs', 'unreachable', 'probe', 'probeByMs')

local function waits_in(key)
  return redis.call('LPOS', key, ref, 'MAXLEN', ARGV[3]) or redis.call('LPOS', key, ref, 'RANK', -1, 'MAXLEN', ARGV[3])
end

local function is_held()
  local contact = contact_of(ref)
  if not contact then return false end
  for _, member in ipairs(redis.call('ZRANGEBYLEX', KEYS[4], '[' .. contact .. '\n', '(' .. contact .. '\n:')) do
    if held_ref(member) == ref then return true end
  end
  return false
end

local function next_try(scheduled)
  local hold = tonumber(state[2] or '0')
  if tonumber(state[3] or '0') < tonumber(ARGV[4]) then return math.max(tonumber(scheduled), hold) end
  local probe, due = find_probe(KEYS[5], state[4], state[5])
  return probe == ref and math.max(due, hold) or nil
end

local function delivered_record()
  local from = 0
  while true do
    local records = redis.call('LRANGE', KEYS[7], from, from + 99)
    for _, record in ipairs(records) do
      if string.sub(record, 2, 1 + #ARGV[2]) == ARGV[2] then return record end
    end
    -- The latest delivered come first.
    local at = #records == 100 and string.match(records[100], '.*"at":"([^"]+)"')
    if not at or at < ARGV[5] then return nil end
    from = from + 100
  end
end

local function standing()
  local due = redis.call('ZSCORE', KEYS[5], ref)
  if due then return 'retrying', next_try(due) end
  if waits_in(KEYS[2]) or waits_in(KEYS[3]) or is_held() then return 'pending' end
  for index, name in ipairs({ 'failed', 'expired', 'skipped' }) do
    if redis.call('ZSCORE', KEYS[7 + index], ref) then return name end
  end
end

local status, due = standing()
local record = status and redis.call('HGET', KEYS[6], ref)
if not status then
  record = delivered_record()
  if record then status = 'delivered' end
end
return { state[1] or '', status or '', record or '', due and string.format('%.0f', due) or '' }
