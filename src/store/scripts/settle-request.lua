-- Ends the work on a request that bears an idempotency key: with its answer, or without one, so that the same request may be
-- made again. The seed stays until there is an answer.
-- KEYS[1] entry
-- ARGV[1] claim, ARGV[2] answer ('' = none to be remembered), ARGV[3] ms that an entry is kept
-- Returns 1, or 0 when another has taken the request on
if redis.call('HGET', KEYS[1], 'claim') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'claim', 'claimUntilMs')
if ARGV[2] ~= '' then
  redis.call('HSET', KEYS[1], 'answer', ARGV[2])
  redis.call('HDEL', KEYS[1], 'seed')
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
