#include "tests/crash/rounds/ledger.hpp"

namespace dunlin::crash {

namespace {

constexpr std::uint32_t first_of_server = 64;

std::uint64_t mix(std::uint64_t hash, std::uint64_t value) {
  return hash_of({reinterpret_cast<const std::uint8_t*>(&value), sizeof value}, hash);
}

template <class Tag>
std::uint64_t mix(std::uint64_t hash, const id128<Tag>& id) {
  return mix(mix(hash, id.hi), id.lo);
}

std::uint64_t content_of(const dunlin::stream::record_view& r) {
  std::uint64_t hash = hash_of(r.body);
  hash = mix(mix(mix(hash, r.account), r.device), r.id);
  hash = mix(mix(mix(hash, static_cast<std::uint64_t>(r.ts)), std::uint64_t{r.kind}), std::uint64_t{r.urgency});
  return mix(mix(mix(hash, std::uint64_t{r.expires_in}), r.redacts), r.epoch);
}

}  // namespace

std::uint64_t hash_of(byte_span data, std::uint64_t start) {
  std::uint64_t hash = start;
  for (const std::uint8_t byte : data) hash = (hash ^ byte) * 0x100000001b3U;
  return hash;
}

place ledger::add_device(device_id id, account_id account) {
  devices_.push_back({id, account, {}});
  return static_cast<place>(devices_.size() - 1);
}

place ledger::add_conversation(stream_id id, const std::vector<place>& devices) {
  const auto at = static_cast<place>(conversations_.size());
  stream_row& s = conversations_.emplace_back();
  s.id = id;
  for (const place d : devices) {
    s.readers.emplace(d, reader{});
    devices_[d].conversations.push_back(at);
  }
  return at;
}

void ledger::fail(const std::string& what) {
  if (wrong_.empty()) wrong_ = what;
}

std::string ledger::name(place conversation, std::uint64_t seq) const {
  return to_text(conversations_[conversation].id) + " seq " + std::to_string(seq);
}

void ledger::send(place device, place conversation, message_id id, std::uint64_t body_hash) {
  message_row m;
  m.device = device;
  m.conversation = conversation;
  m.number = ++conversations_[conversation].sent[device];
  m.body_hash = body_hash;
  messages_.emplace(id, m);
  ++counts_.sent;
}

void ledger::accept(place device, message_id id, std::optional<std::uint64_t> seq) {
  const auto it = messages_.find(id);
  if (it == messages_.end() || it->second.device != device) return fail("PUBACK for a message that was never sent");
  message_row& m = it->second;
  if (!m.accepted) ++counts_.accepted;
  m.accepted = true;
  if (!seq) return;
  const std::string which = "message " + to_text(id) + " was accepted at " + name(m.conversation, *seq);
  if (*seq == 0) return fail(which);
  if (m.accepted_seq != 0 && m.accepted_seq != *seq) {
    return fail(which + " and, before, at seq " + std::to_string(m.accepted_seq));
  }
  if (m.seen_seq != 0 && m.seen_seq != *seq) return fail(which + " and stands at seq " + std::to_string(m.seen_seq));
  m.accepted_seq = *seq;
  stream_row& s = conversations_[m.conversation];
  s.head = std::max(s.head, *seq);
  const auto known = s.entries.find(*seq);
  if (known != s.entries.end() && known->second.id != id) fail(which + ", where another message stands");
}

void ledger::connect(place device) {
  for (const place c : devices_[device].conversations) conversations_[c].readers[device].on_connection = 0;
}

void ledger::receive(place device, place conversation, const dunlin::stream::record_view& record, bool by_feed) {
  stream_row& s = conversations_[conversation];
  if (record.seq == 0) return fail("a record without a seq in " + to_text(s.id));
  if (!note_entry(conversation, record)) return;
  if (record.kind < first_of_server) check_message(conversation, record);
  if (!by_feed) return;
  ++counts_.deliveries;
  check_order(device, conversation, record.seq);
  reader& r = s.readers[device];
  if (r.has.size() <= record.seq) r.has.resize(record.seq + 256);
  if (r.has[record.seq]) ++counts_.redeliveries;
  r.has[record.seq] = true;
  r.highest = std::max(r.highest, record.seq);
  r.on_connection = record.seq;
}

bool ledger::note_entry(place conversation, const dunlin::stream::record_view& record) {
  stream_row& s = conversations_[conversation];
  const std::string which = name(conversation, record.seq);
  const std::uint64_t content = content_of(record);
  const auto [it, fresh] = s.entries.try_emplace(record.seq);
  entry& e = it->second;
  if (!fresh) {
    if (e.content_hash == content) return true;
    fail(which + " changed its content");
    return false;
  }
  e = {content, record.ts, record.id, record.device, record.kind < first_of_server};
  ++counts_.records;
  s.head = std::max(s.head, record.seq);
  if (it != s.entries.begin() && std::prev(it)->second.ts > record.ts) fail(which + " is older than the one before");
  if (std::next(it) != s.entries.end() && std::next(it)->second.ts < record.ts) {
    fail(which + " is younger than the next one");
  }
  return true;
}

void ledger::check_message(place conversation, const dunlin::stream::record_view& record) {
  const std::string which = name(conversation, record.seq);
  const auto it = messages_.find(record.id);
  if (it == messages_.end()) return fail(which + " is a message that nobody sent");
  message_row& m = it->second;
  if (m.conversation != conversation) return fail(which + " was sent to another conversation");
  if (devices_[m.device].id != record.device || devices_[m.device].account != record.account) {
    return fail(which + " names another sender");
  }
  if (m.body_hash != hash_of(record.body)) return fail(which + " has another body than was sent");
  if (m.seen_seq != 0 && m.seen_seq != record.seq) {
    return fail(which + " is the message of seq " + std::to_string(m.seen_seq) + " once more");
  }
  if (m.accepted_seq != 0 && m.accepted_seq != record.seq) {
    return fail(which + " was acknowledged as seq " + std::to_string(m.accepted_seq));
  }
  m.seen_seq = record.seq;
}

void ledger::check_order(place device, place conversation, std::uint64_t seq) {
  stream_row& s = conversations_[conversation];
  const auto found = s.readers.find(device);
  if (found == s.readers.end()) return fail(name(conversation, seq) + " went to a device of no member");
  const reader& r = found->second;
  const std::string which = name(conversation, seq) + " to device " + to_text(devices_[device].id);
  if (seq <= r.on_connection) {
    return fail(which + " came after seq " + std::to_string(r.on_connection) + " on one connection");
  }
  // What lies between the last on this connection and this one must have been delivered, ever, or be the device's own.
  const std::uint64_t from = std::max<std::uint64_t>(r.on_connection, 1);
  for (std::uint64_t missing = seq - 1; missing > from && !has(s, device, missing); --missing) {
    const auto it = s.entries.find(missing);
    if (it == s.entries.end() || (it->second.is_message && it->second.author != devices_[device].id)) {
      // One that nobody has seen yet may still turn out to be its own: finish() decides.
      if (it != s.entries.end()) return fail(which + " came without seq " + std::to_string(missing));
    }
  }
}

bool ledger::has(const stream_row& s, place device, std::uint64_t seq) const {
  const auto it = s.readers.find(device);
  return it != s.readers.end() && seq < it->second.has.size() && it->second.has[seq];
}

bool ledger::is_complete(place device) const {
  for (const place c : devices_[device].conversations) {
    const stream_row& s = conversations_[c];
    for (auto it = s.entries.rbegin(); it != s.entries.rend(); ++it) {
      const entry& e = it->second;
      if (e.is_message && e.author != devices_[device].id && !has(s, device, it->first)) return false;
      // Feeds are in order: what is far behind is checked by finish().
      if (s.head - it->first > 64) break;
    }
    if (s.head > 0 && (s.entries.empty() || s.entries.rbegin()->first < s.head)) return false;
  }
  return true;
}

void ledger::finish() {
  for (const auto& [id, m] : messages_) {
    if (m.accepted && m.seen_seq == 0) {
      fail("message " + to_text(id) + " was acknowledged and is not in " + to_text(conversations_[m.conversation].id));
    }
    if (!m.accepted) fail("message " + to_text(id) + " was never acknowledged");
  }
  for (const stream_row& s : conversations_) finish_stream(s);
}

void ledger::finish_stream(const stream_row& s) {
  const auto which = [&](std::uint64_t seq) { return to_text(s.id) + " seq " + std::to_string(seq); };
  std::unordered_map<place, std::uint64_t> last;
  std::uint64_t expected = 0;
  for (const auto& [seq, e] : s.entries) {
    // Seq 1 says that the conversation was made; not every reader is shown it.
    if (expected != 0 && seq != expected) fail(which(expected) + " is missing");
    if (expected == 0 && seq > 2) fail(which(1) + " is missing, and all up to " + std::to_string(seq));
    expected = seq + 1;
    if (!e.is_message) continue;
    const auto m = messages_.find(e.id);
    if (m == messages_.end()) continue;
    std::uint64_t& number = last[m->second.device];
    if (m->second.number <= number) fail(which(seq) + " is out of its sender's order");
    number = m->second.number;
    for (const auto& [device, r] : s.readers) {
      if (e.author != devices_[device].id && !has(s, device, seq)) {
        fail(which(seq) + " never reached device " + to_text(devices_[device].id));
      }
    }
  }
}

}  // namespace dunlin::crash
