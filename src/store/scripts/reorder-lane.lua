-- Sets a lane right for another ordering than that of its last claim. In the order of each contact, one delivery of a contact
-- is retried, the earliest, and its others are held back; without order nothing is.
-- KEYS[1] lane state, KEYS[2] waiting, KEYS[3] retries, KEYS[4] held, KEYS[5] blocked
-- ARGV[1] epoch, ARGV[2] ordering
-- Returns 'fenced' or 'reordered'
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 'fenced' end
redis.call('HSET', KEYS[1], 'ordering', ARGV[2])
if ARGV[2] == 'none' then
  local numbers, refs = {}, {}
  for index, member in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do
    local ref = held_ref(member)
    numbers[ref] = string.sub(member, -#ref - 17, -#ref - 2)
    refs[index] = ref
  end
  table.sort(refs, function(left, right) return numbers[left] < numbers[right] end)
  put_first(KEYS[2], refs)
  redis.call('DEL', KEYS[4], KEYS[5])
  return 'reordered'
end
local function log_id_of(ref)
  local log_id = string.match(ref, '^%S+ (%S+)')
  return log_id
end
local refs, first = {}, {}
for _, ref in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1)) do
  if contact_of(ref) then refs[#refs + 1] = ref end
end
table.sort(refs, function(left, right) return comes_before(log_id_of(left), log_id_of(right)) end)
for _, ref in ipairs(refs) do
  local contact = contact_of(ref)
  if first[contact] then
    redis.call('ZREM', KEYS[3], ref)
    redis.call('ZADD', KEYS[4], 0, held_member(contact, redis.call('HINCRBY', KEYS[1], 'held', 1), ref))
  else
    first[contact] = true
    redis.call('HSET', KEYS[5], contact, ref)
  end
end
return 'reordered'
