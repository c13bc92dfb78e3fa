-- Forgets contacts of a source, and with its last call everything else that was learned of its inbox. What belongs to the
-- source's id stays: its lease, and the marks of its log, which goes on. The inbox id is set last, so that a forgetting that
-- died half way is begun again.
-- KEYS[1] source state, KEYS[2..] buckets of contacts
-- ARGV[1] epoch, ARGV[2] 'last' for the last call, ARGV[3] id of the inbox that the source stands for now ('' = none)
-- Returns 1, or 0 when another holder has come
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
redis.call('UNLINK', unpack(KEYS, 2))
if ARGV[2] ~= 'last' then return 1 end
local kept = { epoch = true, leaseUntilMs = true, knock = true, generation = true, relayedUpTo = true }
-- A source that was announced as failing is to be announced as recovered, whichever inbox answers.
kept.error = ARGV[3] ~= ''
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if not kept[field] then redis.call('HDEL', KEYS[1], field) end
end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[1], 'inboxId', ARGV[3]) end
return 1
