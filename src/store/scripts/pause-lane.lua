-- Pauses a lane, unless it was removed: its key must not come back.
-- KEYS[1] lane state
-- Returns 'gone' or 'paused'
if redis.call('HEXISTS', KEYS[1], 'status') == 0 then return 'gone' end
redis.call('HSET', KEYS[1], 'status', 'paused')
return 'paused'
