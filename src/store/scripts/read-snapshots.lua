-- Reads the snapshots of one page's contacts.
-- KEYS the bucket of each contact
-- ARGV the field of each contact, in the same order
-- Returns the packed snapshots in that order, nil where there is none
local snapshots = {}
for index, key in ipairs(KEYS) do
  snapshots[index] = redis.call('HGET', key, ARGV[index])
end
return snapshots
