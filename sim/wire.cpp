#include "sim/wire.hpp"

#include "base/wire.hpp"

namespace dunlin::sim {

std::optional<record> parse_record(byte_span data) {
  record out;
  wire_reader r(data);
  while (r.next()) {
    switch (r.tag()) {
      case number_tag(1): out.seq = r.value(); break;
      case number_tag(2): out.ts = static_cast<std::int64_t>(r.value()); break;
      case data_tag(3): out.account = r.id<account_id>(); break;
      case data_tag(4): out.device = r.id<device_id>(); break;
      case data_tag(5): out.id = r.id<message_id>(); break;
      case number_tag(6): out.kind = static_cast<std::uint32_t>(r.value()); break;
      case data_tag(11): out.body = as_text(r.data()); break;
      default: break;
    }
  }
  if (!r.ok() || out.seq == 0) return std::nullopt;
  return out;
}

bytes write_send(const send_fields& send) {
  bytes out;
  wire_writer w(out);
  w.id(1, send.id);
  w.number(2, send.kind);
  w.number(3, send.urgency);
  w.number(4, send.expires_in);
  w.text(7, send.body);
  w.id(8, send.after);
  return out;
}

std::optional<receipt> parse_receipt(byte_span data) {
  receipt out;
  wire_reader r(data);
  while (r.next()) {
    switch (r.tag()) {
      case number_tag(1): out.delivered = r.value(); break;
      case number_tag(2): out.read = r.value(); break;
      case number_tag(3): out.have_through = r.value(); break;
      case number_tag(4): out.own_read = r.value(); break;
      default: break;
    }
  }
  if (!r.ok()) return std::nullopt;
  return out;
}

bytes write_receipt(const receipt& receipt) {
  bytes out;
  wire_writer w(out);
  w.number(2, receipt.read);
  w.number(3, receipt.have_through);
  return out;
}

std::optional<live> parse_live(byte_span data) {
  live out;
  wire_reader r(data);
  while (r.next()) {
    switch (r.tag()) {
      case data_tag(1): out.account = r.id<account_id>(); break;
      case data_tag(2): out.device = r.id<device_id>(); break;
      case data_tag(3): out.body = as_text(r.data()); break;
      default: break;
    }
  }
  if (!r.ok()) return std::nullopt;
  return out;
}

bytes write_live(const std::string& body) {
  bytes out;
  wire_writer(out).text(3, body);
  return out;
}

std::optional<presence> parse_presence(byte_span data) {
  presence out;
  wire_reader r(data);
  while (r.next()) {
    if (r.tag() == number_tag(1)) out.online = r.value() != 0;
    if (r.tag() == number_tag(2)) out.last_seen = static_cast<std::int64_t>(r.value());
  }
  if (!r.ok()) return std::nullopt;
  return out;
}

std::optional<notice> parse_notice(byte_span data) {
  notice out;
  wire_reader outer(data);
  if (!outer.next()) return std::nullopt;
  const std::uint32_t which = outer.tag() >> 3;
  if (which < 1 || which > 6 || outer.tag() != data_tag(which)) return std::nullopt;
  out.is = static_cast<notice::what>(which - 1);
  wire_reader r(outer.data());
  while (r.next()) {
    switch (r.tag()) {
      case data_tag(1):
        if (out.is != notice::what::hello) out.conversation = r.id<stream_id>();
        break;
      case data_tag(2):
        if (out.is == notice::what::refused) out.id = r.id<message_id>();
        break;
      case data_tag(3): out.reason = as_text(r.data()); break;
      case data_tag(4): out.floor = r.id<message_id>(); break;
      case number_tag(1):
      case number_tag(2): out.seq = r.value(); break;
      default: break;
    }
  }
  if (!r.ok()) return std::nullopt;
  return out;
}

std::optional<members_changed> parse_members(byte_span data) {
  members_changed out;
  wire_reader r(data);
  while (r.next()) {
    if (r.tag() == data_tag(1)) {
      wire_reader member(r.data());
      while (member.next()) {
        if (member.tag() == data_tag(1)) out.joined.push_back(member.id<account_id>());
      }
      if (!member.ok()) return std::nullopt;
    }
    if (r.tag() == data_tag(2)) out.left.push_back(r.id<account_id>());
  }
  if (!r.ok()) return std::nullopt;
  return out;
}

std::optional<added> parse_added(byte_span data) {
  added out;
  wire_reader r(data);
  while (r.next()) {
    if (r.tag() == data_tag(1)) out.conversation = r.id<stream_id>();
    if (r.tag() == number_tag(2)) out.join_seq = r.value();
  }
  if (!r.ok() || out.conversation.is_zero()) return std::nullopt;
  return out;
}

std::optional<settings> parse_settings(byte_span data) {
  settings out;
  wire_reader r(data);
  while (r.next()) {
    if (r.tag() == data_tag(1)) out.conversation = r.id<stream_id>();
    if (r.tag() == number_tag(2)) out.version = r.value();
    if (r.tag() == data_tag(3)) out.json = as_text(r.data());
  }
  if (!r.ok()) return std::nullopt;
  return out;
}

std::optional<profile> parse_profile(byte_span data) {
  profile out;
  wire_reader r(data);
  while (r.next()) {
    if (r.tag() == data_tag(1)) out.account = r.id<account_id>();
    if (r.tag() == number_tag(2)) out.version = r.value();
  }
  if (!r.ok() || out.account.is_zero()) return std::nullopt;
  return out;
}

std::string topic_of(stream_id conversation, std::string_view suffix) {
  return "c/" + to_text(conversation) + std::string(suffix);
}

std::string presence_of(account_id account) { return "presence/" + to_text(account); }

std::optional<account_id> parse_presence_topic(std::string_view topic) {
  if (!topic.starts_with("presence/")) return std::nullopt;
  return id_from_text<account_id>(topic.substr(9));
}

std::optional<std::pair<stream_id, std::string>> parse_topic(std::string_view topic) {
  if (!topic.starts_with("c/") || topic.size() < 28) return std::nullopt;
  const auto id = id_from_text<stream_id>(topic.substr(2, 26));
  if (!id) return std::nullopt;
  return std::pair(*id, std::string(topic.substr(28)));
}

}  // namespace dunlin::sim
