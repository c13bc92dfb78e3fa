-- Commits one page: new snapshots, the events they made and the marks of the reading, all or nothing. Refuses a caller
-- whose lease is no longer its own, and a page whose snapshots have changed since they were compared.
-- KEYS[1] source state, KEYS[2] event log, KEYS[3] event ids, KEYS[4..] the bucket of each snapshot
-- ARGV[1] epoch, ARGV[2] for each snapshot, as a packed list: field, expected value ('' = none yet), new value,
-- ARGV[3] number of events, ARGV[4] number of state fields, then
--   for each event: id, type, contact, body
--   for each state field: name, value
-- Returns {'fenced'}, {'conflict'} or {'committed', contacts added, 1 when someone else wants the lease}
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return { 'fenced' } end
local events, fields = tonumber(ARGV[3]), tonumber(ARGV[4])
local contacts, values, added, at = {}, {}, 0, 1
for index = 4, #KEYS do
  local expected
  contacts[index], expected, values[index], at = struct.unpack('>I4c0I4c0I4c0', ARGV[2], at)
  local found = redis.call('HGET', KEYS[index], contacts[index]) or ''
  if found ~= expected then return { 'conflict' } end
  if found == '' then added = added + 1 end
end
for index = 4, #KEYS do
  redis.call('HSET', KEYS[index], contacts[index], values[index])
end
at = 5
for _ = 1, events do
  -- There already where this script is sent again, and no snapshot has told.
  if redis.call('HEXISTS', KEYS[3], ARGV[at]) == 0 then
    local id = redis.call('XADD', KEYS[2], '*', 'id', ARGV[at], 'type', ARGV[at + 1], 'contact', ARGV[at + 2], 'body', ARGV[at + 3])
    redis.call('HSET', KEYS[3], ARGV[at], id)
  end
  at = at + 4
end
if fields > 0 then redis.call('HSET', KEYS[1], unpack(ARGV, at, at + 2 * fields - 1)) end
return { 'committed', added, redis.call('HEXISTS', KEYS[1], 'knock') }
