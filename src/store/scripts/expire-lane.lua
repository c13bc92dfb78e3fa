-- Gives up each delivery whose event its log no longer has: from the head of what waits, and from part of what is retried and
-- held back, each call from where the one before it stopped. A bounded number in one call.
-- KEYS[1] lane state, KEYS[2] waiting, KEYS[3] expired, KEYS[4] retries, KEYS[5] held, KEYS[6] blocked
-- ARGV[1] now in ms, ARGV[2] most refs of those that wait, ARGV[3] how many of the others to look at, then for each source:
-- id, log id of its log's first entry
-- Returns the number expired
local starts = {}
for index = 4, #ARGV, 2 do starts[ARGV[index]] = ARGV[index + 1] end
local expired = 0
local function is_gone(ref)
  local source, log_id = string.match(ref, '^(%S+) (%S+) ')
  local start = starts[source]
  return start and comes_before(log_id, start)
end
local function expire(ref)
  redis.call('ZADD', KEYS[3], ARGV[1], ref)
  expired = expired + 1
end
while expired < tonumber(ARGV[2]) do
  local ref = redis.call('LINDEX', KEYS[2], 0)
  if not ref or not is_gone(ref) then break end
  redis.call('LPOP', KEYS[2])
  expire(ref)
end
local function look_through(key, field, ref_of, on_expired)
  if redis.call('EXISTS', key) == 0 then return end
  local from = tonumber(redis.call('HGET', KEYS[1], field) or '0')
  local members = redis.call('ZRANGE', key, from, from + ARGV[3] - 1)
  local kept = 0
  for _, member in ipairs(members) do
    local ref = ref_of(member)
    if is_gone(ref) then
      redis.call('ZREM', key, member)
      expire(ref)
      on_expired(ref)
    else
      kept = kept + 1
    end
  end
  redis.call('HSET', KEYS[1], field, #members < tonumber(ARGV[3]) and 0 or from + kept)
end
look_through(KEYS[5], 'heldLooked', held_ref, function() end)
look_through(KEYS[4], 'retriesLooked', function(ref) return ref end, function(ref)
  release_contact(ref, KEYS[2], KEYS[5], KEYS[6])
end)
if expired > 0 then redis.call('HINCRBY', KEYS[1], 'expired', expired) end
return expired
