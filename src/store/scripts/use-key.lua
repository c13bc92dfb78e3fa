-- Reads an API key and notes that it is used, at most once a minute, so that most requests write nothing.
-- KEYS[1] documents, KEYS[2] last uses
-- ARGV[1] key id, ARGV[2] how long a note is good enough, ms
-- Returns the document, or nil
local document = redis.call('HGET', KEYS[1], ARGV[1])
if not document then return nil end
local now = redis_ms()
if now - tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0') >= tonumber(ARGV[2]) then
  redis.call('HSET', KEYS[2], ARGV[1], string.format('%.0f', now))
end
return document
