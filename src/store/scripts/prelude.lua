-- Stands before every script: what several of them need.

-- Redis's time in ms, with microseconds behind the point.
local function redis_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + time[2] / 1000
end

-- Whether one log id (`{ms}-{number}`) comes before another.
local function comes_before(left, right)
  local left_ms, left_number = string.match(left, '^(%d+)-(%d+)$')
  local right_ms, right_number = string.match(right, '^(%d+)-(%d+)$')
  if left_ms ~= right_ms then return tonumber(left_ms) < tonumber(right_ms) end
  return tonumber(left_number) < tonumber(right_number)
end

