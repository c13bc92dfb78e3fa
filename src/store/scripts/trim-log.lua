-- Drops what the log holds beyond its age and count, a bounded number at a time, together with the ids that led there.
-- KEYS[1] event log, KEYS[2] event ids
-- ARGV[1] oldest log id to keep, ARGV[2] most entries, ARGV[3] most entries to drop in this call
-- Returns the number dropped
local most = tonumber(ARGV[3])
local surplus = redis.call('XLEN', KEYS[1]) - tonumber(ARGV[2])
local entries = redis.call('XRANGE', KEYS[1], '-', '(' .. ARGV[1], 'COUNT', most)
if surplus > #entries then
  entries = redis.call('XRANGE', KEYS[1], '-', '+', 'COUNT', math.min(surplus, most))
end
for _, entry in ipairs(entries) do
  redis.call('HDEL', KEYS[2], entry[2][2])
  redis.call('XDEL', KEYS[1], entry[1])
end
return #entries
