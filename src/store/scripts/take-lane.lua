-- Takes the lease on a lane and tells its holder what to begin with: the lane's health and, where it is asked for, what to
-- send first.
-- Calls: acquire-lease, claim-due
-- KEYS[1..8] as of claim-due, KEYS[9], where it lies on this server, the version of the subscriptions
-- ARGV[1] lease in ms, ARGV[2] epoch, as nobody had it yet, ARGV[3] number of health fields, then each of them, then what
-- claim-due takes behind the epoch (nothing = no claim)
-- Returns {'held'}, {'gone'} or {'acquired', the version (false = it lies elsewhere), the value of each health field, what
-- claim-due returns (false = not asked for)}
if redis.call('HEXISTS', KEYS[1], 'status') == 0 then return { 'gone' } end
if acquire_lease({ KEYS[1] }, { ARGV[1], ARGV[2] }) == 'held' then return { 'held' } end
local claim_at = 4 + ARGV[3]
local health = redis.call('HMGET', KEYS[1], unpack(ARGV, 4, claim_at - 1))
local claim = ARGV[claim_at] and claim_due(KEYS, { ARGV[2], unpack(ARGV, claim_at) }) or false
return { 'acquired', KEYS[9] ~= nil and (redis.call('GET', KEYS[9]) or ''), health, claim }
