-- Takes the lease on a lane and tells its holder what to begin with: the lane's health and, where it is asked for, what to
-- send first.
-- Calls: acquire-lease, claim-due
-- KEYS as of claim-due
-- ARGV[1] lease in ms, ARGV[2] epoch, as nobody had it yet, ARGV[3] number of health fields, then each of them, then what
-- claim-due takes behind the epoch (nothing = no claim)
-- Returns {'held'}, {'gone'} or {'acquired', the value of each health field, what claim-due returns (false = not asked for)}
local kind = acquire_lease({ KEYS[1] }, { ARGV[1], 'status', ARGV[2] })
if kind ~= 'acquired' then return { kind } end
local claim_at = 4 + ARGV[3]
local health = redis.call('HMGET', KEYS[1], unpack(ARGV, 4, claim_at - 1))
return { kind, health, ARGV[claim_at] and claim_due(KEYS, { ARGV[2], unpack(ARGV, claim_at) }) or false }
