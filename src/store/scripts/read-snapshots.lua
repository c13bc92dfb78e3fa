-- Reads the snapshots of one page's contacts.
-- KEYS the bucket of each contact
-- ARGV[1] the field of each contact, in the same order, as a packed list
-- Returns the packed snapshots in that order, nil where there is none
local snapshots, at = {}, 1
for index, key in ipairs(KEYS) do
  local field
  field, at = struct.unpack('>I4c0', ARGV[1], at)
  snapshots[index] = redis.call('HGET', key, field)
end
return snapshots
