-- Moves the relay's mark of a log on. A relay that was slow finds it further on already, and leaves it there.
-- KEYS[1] source state
-- ARGV[1] log id
-- Returns 1 when moved, else 0
local mark = redis.call('HGET', KEYS[1], 'relayedUpTo') or '0-0'
if not comes_before(mark, ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'relayedUpTo', ARGV[1])
return 1
