import { answerDigestLength } from "../answer-digests.ts";
import { type RedisScript, redisScript } from "./run-script.ts";

/**
 * What the server does by itself, in Lua: each script is one step that no other client sees half done.
 *
 * Names, all in one slot of a cluster since `base` ends in a hash tag (`{prefix}:`):
 * - `base.."e:"..id` an entry; `id` is the owner's digest (22 characters), a colon and the digest of partition and key.
 *   Hash of `b` bytes, `g` and `s` ticket, `x` end, `w` stored at, `t` digests of its tags (22 characters each), `p` its
 *   place for export, `h` hits, `v` worth of a hit per byte.
 * - `base.."o:"..owner` what is known of an owner: `g` generation, `s` sequence, `era`, and the epoch of each tag's digest. One
 *   hash, so that a server that throws it away loses the generation with the epochs and revives nothing.
 * - `base.."r"` the server's `run` that was seen last, and the `era`: owners of another era are as if unknown.
 * - `base.."i"` index of all entries: id to `bytes end priority`, and `#bytes`, `#evicted`, `#floor`.
 */
const prelude = `
local base, now = ARGV[1], tonumber(ARGV[2])
local index = base .. 'i'
local tagLength, ownerLength = ${answerDigestLength}, ${answerDigestLength}

local function forget(id)
  local kept = redis.call('HGET', index, id)
  if kept then
    redis.call('HDEL', index, id)
    redis.call('HINCRBY', index, '#bytes', '-' .. string.match(kept, '^%d+'))
  end
  return redis.call('UNLINK', base .. 'e:' .. id)
end

local function invalidated(owner, tags, since)
  for at = 1, #tags, tagLength do
    local epoch = redis.call('HGET', owner, string.sub(tags, at, at + tagLength - 1))
    if epoch and tonumber(epoch) > since then return true end
  end
  return false
end

local function lives(id, owner, generation, sequence)
  local head = redis.call('HMGET', base .. 'e:' .. id, 'g', 's', 'x', 't')
  if not head[1] or head[1] ~= generation or tonumber(head[3]) <= now then return false, head[1] end
  local since = tonumber(head[2])
  return since >= sequence or not invalidated(owner, head[4], since), true
end

local function eraNow() return redis.call('HGET', base .. 'r', 'era') or '' end

local function stateOf(owner)
  local state = redis.call('HMGET', owner, 'g', 's', 'era')
  if state[1] and state[3] == eraNow() then return state[1], tonumber(state[2]) end
end

local function known(owner, generation)
  local kept, sequence = stateOf(owner)
  if kept then return kept, sequence end
  redis.call('UNLINK', owner)
  redis.call('HSET', owner, 'g', generation, 's', 0, 'era', eraNow())
  redis.call('PEXPIRE', owner, 86400000)
  return generation, 0
end
`;

/** ARGV: base, now, a generation if there is none, ids. Reply: generation, sequence, and for each id its bytes or nil. */
const find = `${prelude}
local owner = KEYS[1]
local generation, sequence = known(owner, ARGV[3])
local reply = {generation, sequence}
for at = 4, #ARGV do
  local id, bytes = ARGV[at], false
  local alive, present = lives(id, owner, generation, sequence)
  if alive then
    local name = base .. 'e:' .. id
    bytes = redis.call('HGET', name, 'b')
    -- A server without memory to spare refuses writes; the answer is served all the same.
    local hits = redis.pcall('HINCRBY', name, 'h', 1)
    local kept = redis.call('HGET', index, id)
    if kept and type(hits) == 'number' then
      local floor = tonumber(redis.call('HGET', index, '#floor') or '0')
      local worth = tonumber(redis.call('HGET', name, 'v'))
      local priority = string.format('%.17g', floor + (hits + 1) * worth)
      redis.pcall('HSET', index, id, string.match(kept, '^%d+ %d+') .. ' ' .. priority)
    end
  elseif present then
    forget(id)
  end
  reply[#reply + 1] = bytes
end
return reply`;

/**
 * Priority is floor + uses * worth, and the floor rises to what was last thrown out (GreedyDual-Size-Frequency, Cherkasova
 * 1998): an entry that earned much long ago sinks as others come. The least of a sample goes, as in Redis itself. Bounded:
 * at most 64 rounds of 24.
 * ARGV: base, now, id, ticket's generation and sequence, end, stored at, life in ms, tags, place, answer, bytes in all,
 * bytes of the store, worth. Reply: 1 when it is kept.
 */
const keep = `${prelude}
local owner = KEYS[1]
local id, generation, since, ends = ARGV[3], ARGV[4], tonumber(ARGV[5]), ARGV[6]
local stored, life, tags, bytes, max, worth = tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[9], tonumber(ARGV[12]), tonumber(ARGV[13]), tonumber(ARGV[14])
local current, sequence = stateOf(owner)
if current ~= generation then return 0 end
if since < sequence and invalidated(owner, tags, since) then return 0 end
local name = base .. 'e:' .. id
if lives(id, owner, generation, sequence) and tonumber(redis.call('HGET', name, 'w')) > stored then return 0 end
-- A server without memory to spare refuses here, before anything was thrown out; after a first write it refuses no more.
redis.call('HINCRBY', index, '#bytes', 0)
local hits = tonumber(redis.call('HGET', name, 'h') or '0')
forget(id)

local used = tonumber(redis.call('HGET', index, '#bytes') or '0')
for round = 1, 64 do
  local tight = used + bytes > max
  local sample = redis.call('HRANDFIELD', index, tight and 24 or 8, 'WITHVALUES')
  local rest = {}
  for at = 1, #sample, 2 do
    local size, finish, priority = string.match(sample[at + 1], '^(%d+) (%d+) (%S+)$')
    if size and tonumber(finish) <= now then
      forget(sample[at])
      used = used - tonumber(size)
    elseif size then
      rest[#rest + 1] = {sample[at], tonumber(size), tonumber(priority)}
    end
  end
  if used + bytes <= max then break end
  table.sort(rest, function(one, other) return one[3] < other[3] end)
  for at = 1, math.max(1, math.floor(#rest / 4)) do
    if not rest[at] or used + bytes <= max then break end
    forget(rest[at][1])
    used = used - rest[at][2]
    redis.call('HINCRBY', index, '#evicted', 1)
    if rest[at][3] > tonumber(redis.call('HGET', index, '#floor') or '0') then
      redis.call('HSET', index, '#floor', string.format('%.17g', rest[at][3]))
    end
  end
  if used + bytes <= max then break end
end
if used + bytes > max then return 0 end

redis.call('HSET', name, 'b', ARGV[11], 'g', generation, 's', ARGV[5], 'x', ends, 'w', ARGV[7], 't', tags, 'p', ARGV[10], 'h', hits, 'v', ARGV[14])
-- The end is judged by the caller's clock, at every read; the server's own is for clearing up, and may be a minute off.
redis.call('PEXPIRE', name, life + 60000)
local floor = tonumber(redis.call('HGET', index, '#floor') or '0')
redis.call('HSET', index, id, bytes .. ' ' .. ends .. ' ' .. string.format('%.17g', floor + (hits + 1) * worth))
redis.call('HINCRBY', index, '#bytes', bytes)
if redis.call('PTTL', owner) < life + 86400000 then redis.call('PEXPIRE', owner, life + 86400000) end
return 1`;

/** ARGV: base, now, a generation if there is none, most epochs of an owner, digests of tags. A new generation kills all when there would be more. */
const invalidate = `${prelude}
local owner = KEYS[1]
if redis.call('HLEN', owner) + #ARGV - 4 > tonumber(ARGV[4]) then redis.call('UNLINK', owner) end
known(owner, ARGV[3])
local sequence = redis.call('HINCRBY', owner, 's', 1)
for at = 5, #ARGV do redis.call('HSET', owner, ARGV[at], sequence) end
return sequence`;

/** ARGV: base, now, digest of a tag or nothing, digest of a key or nothing, ids. Reply: how many had both and went. */
const drop = `${prelude}
local gone = 0
local function has(tags, wanted)
  if wanted == '' then return true end
  for at = 1, #tags, tagLength do
    if string.sub(tags, at, at + tagLength - 1) == wanted then return true end
  end
  return false
end
for at = 5, #ARGV do
  local tags = redis.call('HGET', base .. 'e:' .. ARGV[at], 't')
  if tags and has(tags, ARGV[3]) and has(tags, ARGV[4]) then gone = gone + forget(ARGV[at]) end
end
return gone`;

/** ARGV: base, now, ids. Reply: place and bytes of those that live, in turn; counts no hit. */
const peek = `${prelude}
local reply = {}
for at = 3, #ARGV do
  local id = ARGV[at]
  local owner = base .. 'o:' .. string.sub(id, 1, ownerLength)
  local generation, sequence = stateOf(owner)
  if generation and lives(id, owner, generation, sequence) then
    local found = redis.call('HMGET', base .. 'e:' .. id, 'p', 'b')
    reply[#reply + 1] = found[1]
    reply[#reply + 1] = found[2]
  end
end
return reply`;

/** ARGV: base, now, the server's run, 1 where it came back with all it had acknowledged, an era if a new one begins. */
const arrive = `${prelude}
local seen = redis.call('HMGET', base .. 'r', 'run', 'era')
if seen[1] ~= ARGV[3] then
  local era = seen[2]
  if not era or ARGV[4] ~= '1' then era = ARGV[5] end
  redis.call('HSET', base .. 'r', 'run', ARGV[3], 'era', era)
end
return 1`;

/** The scripts by name. */
export const redisScripts: Readonly<Record<"find" | "keep" | "invalidate" | "drop" | "peek" | "arrive", RedisScript>> =
  {
    find: redisScript(find),
    keep: redisScript(keep),
    invalidate: redisScript(invalidate),
    drop: redisScript(drop),
    peek: redisScript(peek),
    arrive: redisScript(arrive),
  };
