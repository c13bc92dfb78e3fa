-- Appends one event that no page caused; one that is there already is not appended twice.
-- KEYS[1] event log, KEYS[2] event ids
-- ARGV[1] id, ARGV[2] type, ARGV[3] body
-- Returns the log id
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known then return known end
local id = redis.call('XADD', KEYS[1], '*', 'id', ARGV[1], 'type', ARGV[2], 'contact', '', 'body', ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], id)
return id
