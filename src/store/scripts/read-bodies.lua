-- Reads the bodies of events of one source's log. A log that lost its tail gives its ids out again, so an entry counts
-- only if it holds the event that was put there.
-- KEYS[1] event log
-- ARGV for each event: log id, event id
-- Returns the bodies in that order, nil where the log does not have one
local bodies = {}
for index = 1, #ARGV, 2 do
  local entry = redis.call('XRANGE', KEYS[1], ARGV[index], ARGV[index])[1]
  local isThere = entry and entry[2][2] == ARGV[index + 1]
  bodies[#bodies + 1] = isThere and entry[2][8] or false
end
return bodies
