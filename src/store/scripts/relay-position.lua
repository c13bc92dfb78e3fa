-- Tells where the relay stands in a source's log. A log that ends below a mark has lost its tail in a failover: its next
-- entries may repeat ids, so they count as a new generation. A generation that lanes know and the state does not was lost
-- with it; lanes would refuse everything older for ever.
-- KEYS[1] source state, KEYS[2] event log
-- ARGV[1] the highest mark that any lane showed ('0-0' = none), ARGV[2] the highest generation
-- Returns {generation, log id relayed up to, log id of the end}
local stream_end = end_of_log(KEYS[2])
local state = redis.call('HMGET', KEYS[1], 'generation', 'relayedUpTo')
local stored, relayed = tonumber(state[1] or '0'), state[2] or '0-0'
local generation = math.max(stored, tonumber(ARGV[2]))
if comes_before(stream_end, relayed) or comes_before(stream_end, ARGV[1]) then
  generation = generation + 1
  if comes_before(stream_end, relayed) then relayed = stream_end end
end
if generation > stored then redis.call('HSET', KEYS[1], 'generation', generation, 'relayedUpTo', relayed) end
return { tostring(generation), relayed, stream_end }
