#include "stream/wire.hpp"

#include "stream/send_entry.hpp"

namespace dunlin::stream {

std::optional<send_view> read_send(byte_span data) {
  // Made where it is returned: this runs once a message.
  std::optional<send_view> send(std::in_place);
  if (read_usual_send(data, *send)) [[likely]]
    return send;
  *send = {};
  wire_reader r(data);
  while (r.next()) {
    switch (r.tag()) {
      case data_tag(1): send->id = r.id<message_id>(); break;
      case number_tag(2): send->kind = static_cast<std::uint32_t>(r.value()); break;
      case number_tag(3): send->urgency = static_cast<std::uint32_t>(r.value()); break;
      case number_tag(4): send->expires_in = static_cast<std::uint32_t>(r.value()); break;
      case number_tag(5): send->redacts = r.value(); break;
      case number_tag(6): send->epoch = r.value(); break;
      case data_tag(7): send->body = r.data(); break;
      case data_tag(8): send->after = r.id<message_id>(); break;
      default: break;
    }
  }
  if (!r.ok()) send.reset();
  return send;
}

void write_send(bytes& out, const send_view& send) {
  wire_writer w(out);
  w.id(1, send.id);
  w.number(2, send.kind);
  w.number(3, send.urgency);
  w.number(4, send.expires_in);
  w.number(5, send.redacts);
  w.number(6, send.epoch);
  w.data(7, send.body);
  w.id(8, send.after);
}

std::optional<record_view> read_record(byte_span data) {
  record_view record;
  wire_reader r(data);
  while (r.next()) {
    switch (r.tag()) {
      case number_tag(1): record.seq = r.value(); break;
      case number_tag(2): record.ts = static_cast<std::int64_t>(r.value()); break;
      case data_tag(3): record.account = r.id<account_id>(); break;
      case data_tag(4): record.device = r.id<device_id>(); break;
      case data_tag(5): record.id = r.id<message_id>(); break;
      case number_tag(6): record.kind = static_cast<std::uint32_t>(r.value()); break;
      case number_tag(7): record.urgency = static_cast<std::uint32_t>(r.value()); break;
      case number_tag(8): record.expires_in = static_cast<std::uint32_t>(r.value()); break;
      case number_tag(9): record.redacts = r.value(); break;
      case number_tag(10): record.epoch = r.value(); break;
      case data_tag(11): record.body = r.data(); break;
      default: break;
    }
  }
  if (!r.ok()) return std::nullopt;
  return record;
}

std::size_t record_rest_size(const record_view& record) {
  const auto id = [](const auto& value) { return value.is_zero() ? 0 : id_field_size; };
  return id(record.account) + id(record.device) + id(record.id) + rest_parts::size_behind_ids(record);
}

void write_record_rest(raw_writer& out, const record_view& record) {
  if (!record.account.is_zero()) rest_parts::write_id_field(out, 3, record.account);
  if (!record.device.is_zero()) rest_parts::write_id_field(out, 4, record.device);
  if (!record.id.is_zero()) rest_parts::write_id_field(out, 5, record.id);
  rest_parts::write_behind_ids(out, record);
}

void write_record_rest(bytes& out, const record_view& record) {
  const std::size_t begin = out.size();
  out.resize(begin + record_rest_size(record));
  raw_writer w(out.data() + begin);
  write_record_rest(w, record);
}

std::uint32_t read_urgency_of_rest(byte_span rest) {
  const auto record = read_record(rest);
  return record ? record->urgency : 0;
}

void record_head::encode(std::int64_t ts) {
  ts_ = ts;
  raw_writer w(field_.data());
  if (ts != 0) {
    w.u8(number_tag(2));
    w.varint(static_cast<std::uint64_t>(ts));
  }
  size_ = static_cast<std::size_t>(w.at() - field_.data());
}

std::size_t write_record_head(std::uint8_t* out, std::uint64_t seq, std::int64_t ts) {
  return record_head().write(out, seq, ts);
}

std::optional<receipt_view> read_receipt(byte_span data) {
  receipt_view receipt;
  wire_reader r(data);
  while (r.next()) {
    switch (r.tag()) {
      case number_tag(1): receipt.delivered = r.value(); break;
      case number_tag(2): receipt.read = r.value(); break;
      case number_tag(3): receipt.have_through = r.value(); break;
      case number_tag(4): receipt.own_read = r.value(); break;
      default: break;
    }
  }
  if (!r.ok()) return std::nullopt;
  return receipt;
}

void write_receipt(bytes& out, const receipt_view& receipt) {
  wire_writer w(out);
  w.number(1, receipt.delivered);
  w.number(2, receipt.read);
  w.number(3, receipt.have_through);
  w.number(4, receipt.own_read);
}

void members_changed::set_role(const member_view& member) {
  for (auto* list : {&joined, &roles}) {
    for (auto& known : *list) {
      if (known.account != member.account) continue;
      known.role = member.role;
      return;
    }
  }
  roles.push_back(member);
}

void write_members_changed(bytes& out, const members_changed& what) {
  wire_writer w(out);
  bytes sub;
  const auto write_member = [&](std::uint32_t field, const member_view& member) {
    sub.clear();
    wire_writer m(sub);
    m.id(1, member.account);
    m.number(2, member.role);
    w.message(field, sub);
  };
  for (const auto& member : what.joined) write_member(1, member);
  for (const auto& account : what.left) w.id(2, account);
  w.text(3, what.name);
  for (const auto& member : what.roles) write_member(4, member);
  w.data(5, what.picture);
}

void write_conversation_changed(bytes& out, const conversation_changed& what) {
  wire_writer w(out);
  w.text(1, what.name.value_or(""));
  w.data(2, what.picture.value_or(byte_span()));
  w.flag(3, what.name.has_value());
  w.flag(4, what.picture.has_value());
}

void write_added(bytes& out, const added_view& added) {
  wire_writer w(out);
  w.id(1, added.conversation);
  w.number(2, added.join_seq);
  w.number(3, added.direct ? 0 : 1);
  w.flag(4, added.open);
  w.text(5, added.name);
  w.data(6, added.picture);
  w.id(7, added.with);
}

std::optional<added_view> read_added(byte_span data) {
  added_view added{.direct = true};
  wire_reader r(data);
  while (r.next()) {
    switch (r.tag()) {
      case data_tag(1): added.conversation = r.id<stream_id>(); break;
      case number_tag(2): added.join_seq = r.value(); break;
      case number_tag(3): added.direct = r.value() == 0; break;
      case number_tag(4): added.open = r.value() != 0; break;
      case data_tag(5): added.name = as_text(r.data()); break;
      case data_tag(6): added.picture = r.data(); break;
      case data_tag(7): added.with = r.id<account_id>(); break;
      default: break;
    }
  }
  if (!r.ok() || added.conversation.is_zero()) return std::nullopt;
  return added;
}

void write_removed(bytes& out, stream_id conversation) { wire_writer(out).id(1, conversation); }

void write_device(bytes& out, device_id device, std::string_view name) {
  wire_writer w(out);
  w.id(1, device);
  w.text(2, name);
}

void write_settings(bytes& out, stream_id conversation, std::uint64_t version, std::string_view json) {
  wire_writer w(out);
  w.id(1, conversation);
  w.number(2, version);
  w.text(3, json);
}

void write_profile_changed(bytes& out, account_id account, std::uint64_t version) {
  wire_writer w(out);
  w.id(1, account);
  w.number(2, version);
}

void write_presence(bytes& out, bool online, wall_ms last_seen) {
  wire_writer w(out);
  w.flag(1, online);
  w.number(2, static_cast<std::uint64_t>(last_seen));
}

void write_caught_up(bytes& out) { wire_writer(out).message(1, {}); }

void write_refused(bytes& out, stream_id conversation, message_id id, const verdict& why) {
  bytes sub;
  wire_writer w(sub);
  w.id(1, conversation);
  w.id(2, id);
  w.text(3, word(why.why));
  w.id(4, why.floor);
  wire_writer(out).message(2, sub);
}

void write_too_large(bytes& out, stream_id conversation, std::uint64_t seq) {
  bytes sub;
  wire_writer w(sub);
  w.id(1, conversation);
  w.number(2, seq);
  wire_writer(out).message(3, sub);
}

void write_trimmed(bytes& out, stream_id conversation, std::uint64_t through) {
  bytes sub;
  wire_writer w(sub);
  w.id(1, conversation);
  w.number(2, through);
  wire_writer(out).message(4, sub);
}

void write_reset(bytes& out, std::uint64_t from) {
  bytes sub;
  wire_writer(sub).number(1, from);
  wire_writer(out).message(5, sub);
}

void write_hello(bytes& out, std::uint32_t version, byte_span data_id, wall_ms now) {
  bytes sub;
  wire_writer w(sub);
  w.number(1, version);
  w.data(2, data_id);
  w.number(3, static_cast<std::uint64_t>(now));
  wire_writer(out).message(6, sub);
}

}  // namespace dunlin::stream
