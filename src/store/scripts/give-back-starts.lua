-- Gives back the times that a holder had reserved for attempts and will not use.
-- KEYS[1] lane state
-- ARGV[1] epoch, ARGV[2] when the next attempt may begin, in ms
-- Returns 1 when given back, else 0
local state = redis.call('HMGET', KEYS[1], 'epoch', 'nextStartMs')
if state[1] ~= ARGV[1] or tonumber(state[2] or '0') <= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], 'nextStartMs', ARGV[2])
return 1
