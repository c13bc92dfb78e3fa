-- Forgets what was learned of a source's inbox, once its contacts are forgotten. What belongs to the source's id stays: its
-- lease, and the marks of its log, which goes on.
-- KEYS[1] source state
-- ARGV[1] epoch, ARGV[2] id of the inbox that the source stands for now ('' = none)
-- Returns 1, or 0 when another holder has come
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 0 end
local kept = { epoch = true, leaseUntilMs = true, knock = true, generation = true, relayedUpTo = true }
-- A source that was announced as failing is to be announced as recovered, whichever inbox answers.
kept.error = ARGV[2] ~= ''
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if not kept[field] then redis.call('HDEL', KEYS[1], field) end
end
if ARGV[2] ~= '' then redis.call('HSET', KEYS[1], 'inboxId', ARGV[2]) end
return 1
