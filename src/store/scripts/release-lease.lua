-- Lets go of a lease, if it is still the caller's, and tells whether someone knocked meanwhile.
-- KEYS[1] state hash
-- ARGV[1] epoch
-- Returns 1 when someone knocked, else 0
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
local knocked = redis.call('HEXISTS', KEYS[1], 'knock')
redis.call('HDEL', KEYS[1], 'knock', 'leaseUntilMs')
return knocked
