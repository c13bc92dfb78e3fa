-- Reads the bodies of events of one source's log.
-- KEYS[1] event log
-- ARGV the log id of each event
-- Returns the bodies in that order, nil where the log no longer has one
local bodies = {}
for index, id in ipairs(ARGV) do
  local entry = redis.call('XRANGE', KEYS[1], id, id)[1]
  bodies[index] = entry and entry[2][8] or false
end
return bodies
