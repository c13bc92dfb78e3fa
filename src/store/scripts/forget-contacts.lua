-- Forgets contacts of a source that now stands for another inbox, before all else that was learned of the old one.
-- KEYS[1] source state, KEYS[2..] buckets of contacts
-- ARGV[1] epoch
-- Returns 1, or 0 when another holder has come
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
redis.call('UNLINK', unpack(KEYS, 2))
return 1
