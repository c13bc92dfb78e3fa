-- Drops what is left of a removed source once its log is empty, with the lease of whoever does it.
-- KEYS[1] source state, KEYS[2] event log, KEYS[3] event ids
-- ARGV[1] epoch
-- Returns 1 when dropped, else 0
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
if redis.call('XLEN', KEYS[2]) > 0 then return 0 end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3])
return 1
