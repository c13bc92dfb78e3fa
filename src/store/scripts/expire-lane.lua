-- Moves from the head of what waits to what has expired each ref whose event its log no longer has, a bounded number.
-- KEYS[1] lane state, KEYS[2] waiting, KEYS[3] expired
-- ARGV[1] now in ms, ARGV[2] most refs, then for each source: id, log id of its log's first entry
-- Returns the number expired
local starts = {}
for index = 3, #ARGV, 2 do starts[ARGV[index]] = ARGV[index + 1] end
local expired = 0
while expired < tonumber(ARGV[2]) do
  local ref = redis.call('LINDEX', KEYS[2], 0)
  if not ref then break end
  local source, log_id = string.match(ref, '^(%S+) (%S+) ')
  local start = starts[source]
  if not start or not comes_before(log_id, start) then break end
  redis.call('LPOP', KEYS[2])
  redis.call('ZADD', KEYS[3], ARGV[1], ref)
  expired = expired + 1
end
if expired > 0 then redis.call('HINCRBY', KEYS[1], 'expired', expired) end
return expired
