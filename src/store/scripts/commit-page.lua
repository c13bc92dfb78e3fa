-- Commits one page: new snapshots, the events they made and the marks of the reading, all or nothing. Refuses a caller
-- whose lease is no longer its own, and a page whose snapshots have changed since they were compared.
-- KEYS[1] source state, KEYS[2] event log, KEYS[3] event ids, KEYS[4..] the bucket of each snapshot, then, where it lies on
-- this server, the version of the subscriptions
-- ARGV[1] epoch, ARGV[2] for each snapshot, as a packed list: field, expected value ('' = none yet), new value,
-- ARGV[3] number of events, ARGV[4] number of state fields, then
--   for each event: id, type, contact, body
--   for each state field: name, value
-- Returns {'fenced'}, {'conflict'} or {'committed', contacts added, 1 when someone else wants the lease, tail}; the tail, where
-- the events are all that waits for the relay, is {log generation, the relay's mark, the version of the subscriptions
-- (false = it lies elsewhere), {the log id of each event}}
local state = redis.call('HMGET', KEYS[1], 'epoch', 'generation', 'relayedUpTo')
if state[1] ~= ARGV[1] then return { 'fenced' } end
local events, fields = tonumber(ARGV[3]), tonumber(ARGV[4])
local contacts, values, added, at = {}, {}, 0, 1
local buckets_end = 3
while at <= #ARGV[2] do
  local index, expected = buckets_end + 1, nil
  buckets_end = index
  contacts[index], expected, values[index], at = struct.unpack('>I4c0I4c0I4c0', ARGV[2], at)
  local found = redis.call('HGET', KEYS[index], contacts[index]) or ''
  if found ~= expected then return { 'conflict' } end
  if found == '' then added = added + 1 end
end
for index = 4, buckets_end do
  redis.call('HSET', KEYS[index], contacts[index], values[index])
end
local mark = state[3] or '0-0'
local last = events > 0 and redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
local is_all, ids = (last and last[1] or '0-0') == mark, {}
at = 5
for index = 1, events do
  -- There already where this script is sent again, and no snapshot has told.
  if redis.call('HEXISTS', KEYS[3], ARGV[at]) == 0 then
    ids[index] = redis.call('XADD', KEYS[2], '*', 'id', ARGV[at], 'type', ARGV[at + 1], 'contact', ARGV[at + 2], 'body', ARGV[at + 3])
    redis.call('HSET', KEYS[3], ARGV[at], ids[index])
  else
    is_all = false
  end
  at = at + 4
end
if fields > 0 then redis.call('HSET', KEYS[1], unpack(ARGV, at, at + 2 * fields - 1)) end
local reply = { 'committed', added, redis.call('HEXISTS', KEYS[1], 'knock') }
if events > 0 and is_all then
  local version = KEYS[buckets_end + 1]
  reply[4] = { state[2] or '0', mark, version ~= nil and (redis.call('GET', version) or ''), ids }
end
return reply
