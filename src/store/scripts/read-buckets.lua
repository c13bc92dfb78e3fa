-- Reads whole buckets of snapshots.
-- KEYS the buckets
-- Returns field, value, field, value, … of all of them
local found = {}
for _, key in ipairs(KEYS) do
  for _, each in ipairs(redis.call('HGETALL', key)) do found[#found + 1] = each end
end
return found
