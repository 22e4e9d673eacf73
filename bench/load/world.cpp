#include "bench/load/world.hpp"

#include <fstream>

#include <boost/json.hpp>

#include "stream/wire.hpp"

namespace dunlin::bench {

namespace json = boost::json;

namespace {

constexpr std::string_view dunlin_filters[] = {"c/+", "c/+/live", "c/+/receipt", "me", "me/now"};

std::string text_of(const json::object& o, const char* key) {
  const json::value* v = o.if_contains(key);
  return v != nullptr && v->is_string() ? std::string(v->get_string()) : "";
}

// Calls `take` with each line's object; an error's text, or empty.
template <class Take>
std::string read_lines(const std::string& path, std::size_t limit, Take&& take) {
  std::ifstream in(path);
  if (!in) return "cannot read " + path;
  std::string line;
  for (std::size_t n = 1; std::getline(in, line); ++n) {
    boost::system::error_code error;
    const json::value value = json::parse(line, error);
    if (error || !value.is_object() || n > limit || !take(value.get_object())) {
      return path + ":" + std::to_string(n) + " is not what was expected, or one too many";
    }
  }
  return {};
}

bool take_conversation(const json::object& o, std::size_t devices, conversation& out) {
  out.id = text_of(o, "conversation");
  const json::value* members = o.if_contains("members");
  if (out.id.empty() || members == nullptr || !members->is_array()) return false;
  for (const json::value& m : members->get_array()) {
    boost::system::error_code error;
    const auto index = m.to_number<std::uint32_t>(error);
    if (error || index >= devices) return false;
    out.members.push_back(index);
  }
  return !out.members.empty();
}

}  // namespace

result<world, world_error> read_world(server_kind kind, const endpoint& where, const std::string& devices,
                                      const std::string& conversations) {
  world w;
  w.kind = kind;
  w.where = where;
  std::string error = read_lines(devices, max_devices, [&](const json::object& o) {
    w.devices.push_back({text_of(o, "account"), text_of(o, "device"), text_of(o, "token")});
    return !w.devices.back().client_id.empty();
  });
  if (error.empty() && !conversations.empty()) {
    error = read_lines(conversations, max_conversations, [&](const json::object& o) {
      return take_conversation(o, w.devices.size(), w.conversations.emplace_back());
    });
  }
  if (!error.empty()) return world_error{error};
  w.conversations_of.resize(w.devices.size());
  for (std::uint32_t c = 0; c < w.conversations.size(); ++c) {
    for (const std::uint32_t m : w.conversations[c].members) w.conversations_of[m].push_back(c);
  }
  return w;
}

std::vector<std::string> filters_of(const world& w, std::uint32_t device) {
  if (w.kind == server_kind::dunlin || w.same_filters) return {std::begin(dunlin_filters), std::end(dunlin_filters)};
  std::vector<std::string> out;
  for (const std::uint32_t index : w.conversations_of[device]) {
    const conversation& c = w.conversations[index];
    // A sender does not get its own messages back from Dunlin (PUBACK is the echo): here it asks for a topic as long.
    out.push_back(c.members.front() == device ? "c/" + c.id + "/echo" : send_topic(c));
  }
  const std::string own = out.empty() ? "none" : w.conversations[w.conversations_of[device][0]].id;
  for (const std::string_view more : {"live", "receipt", "me", "me/now"}) {
    if (out.size() < std::size(dunlin_filters)) out.push_back("c/" + own + "/" + std::string(more));
  }
  return out;
}

std::string send_topic(const conversation& c) { return "c/" + c.id + "/send"; }

message_writer::message_writer(server_kind kind, std::uint64_t salt, std::size_t body_size)
    : kind_(kind), ids_(salt), body_(std::max(body_size, stamp::size), 0x20) {}

byte_span message_writer::write(const stamp& what, std::uint64_t wall_ms, bool chained) {
  what.write(body_.data());
  if (kind_ == server_kind::broker) return body_;
  stream::send_view send;
  send.id = ids_.next(wall_ms);
  send.body = body_;
  if (chained) send.after = last_;
  last_ = send.id;
  payload_.clear();
  stream::write_send(payload_, send);
  return payload_;
}

std::optional<stamp> stamp_of(server_kind kind, byte_span payload) {
  if (kind == server_kind::broker) return stamp::read(payload);
  const auto record = stream::read_record(payload);
  if (!record) return std::nullopt;
  return stamp::read(record->body);
}

}  // namespace dunlin::bench
