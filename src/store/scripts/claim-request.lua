-- Takes on a request that bears an idempotency key, unless it was answered before, is under way or is another one under the
-- same key. Whoever takes it on again, because the one before died, gets the seed that the first one brought.
-- KEYS[1] entry
-- ARGV[1] fingerprint, ARGV[2] claim, ARGV[3] seed, ARGV[4] ms that a claim lasts, ARGV[5] ms that an entry is kept
-- Returns {'other'}, {'answered', answer}, {'under_way', ms left} or {'begun', seed}
local found = redis.call('HMGET', KEYS[1], 'fingerprint', 'answer', 'claim', 'claimUntilMs', 'seed')
if found[1] and found[1] ~= ARGV[1] then return { 'other' } end
if found[2] then return { 'answered', found[2] } end
local now = math.floor(redis_ms())
local left = tonumber(found[4] or '0') - now
-- Further ahead than any claim lasts, it was made before this Redis's clock was set back.
local is_held = left > 0 and left <= tonumber(ARGV[4])
if is_held and found[3] ~= ARGV[2] then return { 'under_way', left } end
local seed = found[5] or ARGV[3]
local claim_until = string.format('%.0f', now + ARGV[4])
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'claim', ARGV[2], 'claimUntilMs', claim_until, 'seed', seed)
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return { 'begun', seed }
