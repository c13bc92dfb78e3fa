-- Takes an API key away, with the note of its last use, so that a use at the same moment leaves no note behind.
-- KEYS[1] documents, KEYS[2] last uses
-- ARGV[1] key id
-- Returns 1 when it was there, else 0
redis.call('HDEL', KEYS[2], ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
