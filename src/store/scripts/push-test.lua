-- Puts a test before all else on a lane, unless the lane was removed: its keys must not come back.
-- KEYS[1] lane state, KEYS[2] tests
-- ARGV[1] ref
-- Returns 'gone' or 'pushed'
if redis.call('HEXISTS', KEYS[1], 'status') == 0 then return 'gone' end
redis.call('RPUSH', KEYS[2], ARGV[1])
return 'pushed'
