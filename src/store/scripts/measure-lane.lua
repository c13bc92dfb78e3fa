-- Tells how much lies in a lane now.
-- KEYS[1] lane state, KEYS[2] tests, KEYS[3] waiting, KEYS[4] held, KEYS[5] retries, KEYS[6] failed, KEYS[7] expired,
-- KEYS[8] skipped
-- Returns {status, failures in a row, forgotten, waiting with tests, held, retrying, failed, expired, skipped, the ref that is
-- first in line or ''}; {'gone'} of a lane that was removed
local state = redis.call('HMGET', KEYS[1], 'status', 'failures', 'forgotten')
if not state[1] then return { 'gone' } end
local waiting = redis.call('LLEN', KEYS[2]) + redis.call('LLEN', KEYS[3])
local reply = { state[1], state[2] or '0', state[3] or '0', waiting }
for index = 4, 8 do reply[index + 1] = redis.call('ZCARD', KEYS[index]) end
reply[10] = redis.call('LINDEX', KEYS[3], 0) or ''
return reply
