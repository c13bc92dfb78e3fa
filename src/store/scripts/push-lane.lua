-- Puts events that matched onto a lane, each once: what the lane has already taken of this log is left out, however often
-- and by however many relays it is pushed.
-- KEYS[1] lane state, KEYS[2] marks, KEYS[3] waiting
-- ARGV[1] source, ARGV[2] log generation, then for each event in log order: log id, ref
-- Returns {'gone'} or {status, failures in a row, of these without any answer, events taken, and the lane's mark before: its
-- log generation, its log id}
local state = redis.call('HMGET', KEYS[1], 'status', 'failures', 'unreachable')
if not state[1] then return { 'gone' } end
local generation, mark = 0, '0-0'
local stored = redis.call('HGET', KEYS[2], ARGV[1])
if stored then
  local storedGeneration, storedMark = string.match(stored, '^(%d+) (.+)$')
  generation, mark = tonumber(storedGeneration), storedMark
end
local given = tonumber(ARGV[2])
local before = mark
local known = generation
if given > generation then mark, before, known = '0-0', '0-0', given end
local taken = 0
if given >= generation then
  for index = 3, #ARGV, 2 do
    if comes_before(mark, ARGV[index]) then
      redis.call('RPUSH', KEYS[3], ARGV[index + 1])
      mark = ARGV[index]
      taken = taken + 1
    end
  end
end
if taken > 0 then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ' ' .. mark) end
return { state[1], state[2] or '0', state[3] or '0', taken, tostring(known), before }
