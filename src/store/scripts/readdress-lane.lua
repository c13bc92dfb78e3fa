-- Forgets how the attempts at an address went, which the subscription no longer has, and until when its subscriber asked for
-- silence. One that is paused or disabled stays so.
-- KEYS[1] lane state
-- Returns 'gone' or 'readdressed'
if redis.call('HEXISTS', KEYS[1], 'status') == 0 then return 'gone' end
redis.call('HSET', KEYS[1], 'readdressed', forget_failures(KEYS[1]))
redis.call('HDEL', KEYS[1], 'holdUntilMs')
return 'readdressed'
