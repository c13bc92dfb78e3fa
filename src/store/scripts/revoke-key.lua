-- Takes an API key away if it still is what the caller read, with the note of its last use, so that a use at the same moment
-- leaves no note behind.
-- KEYS[1] documents, KEYS[2] last uses
-- ARGV[1] key id, ARGV[2] document as it was read
-- Returns 1 when it was taken away, else 0
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
