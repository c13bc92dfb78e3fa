-- Tells where an event log begins: at its first entry, or behind its end where all entries are gone.
-- KEYS[1] event log
-- Returns a log id, '' where there is no log
if redis.call('EXISTS', KEYS[1]) == 0 then return '' end
local first = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', 1)[1]
if first then return first[1] end
local ms, number = string.match(end_of_log(KEYS[1]), '^(%d+)-(%d+)$')
return ms .. '-' .. string.format('%.0f', number + 1)
