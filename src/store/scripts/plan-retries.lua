-- Tells what decides when the retries of a lane are made, besides their own schedules.
-- KEYS[1] lane state, KEYS[2] retries
-- ARGV[1] failures in a row without any answer from which only the probe is tried
-- Returns {nothing is sent before, in ms, '1' when only the probe is tried, the probe ('' = none), when it is due, in ms}
local state = redis.call('HMGET', KEYS[1], 'holdUntilMs', 'unreachable', 'probe', 'probeByMs')
local hold = state[1] or '0'
if tonumber(state[2] or '0') < tonumber(ARGV[1]) then return { hold, '0', '', '0' } end
local probe, due = find_probe(KEYS[2], state[3], state[4])
return { hold, '1', probe or '', string.format('%.0f', due or 0) }
