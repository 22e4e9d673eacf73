#include "stream/wire_messages.hpp"

#include <dunlin/v1/dunlin.pb.h>

#include "base/check.hpp"
#include "stream/wire.hpp"

namespace dunlin::stream {

namespace {

using google::protobuf::Message;

template <class Id>
Id id_of(const std::string& text) {
  DUNLIN_CHECK(text.empty() || text.size() == 16);
  return text.empty() ? Id{} : id_from_bytes<Id>(as_bytes(text).first<16>());
}

template <class Tag>
std::string text_of(const id128<Tag>& id) {
  return id.is_zero() ? std::string() : std::string(as_text(to_bytes(id)));
}

reason reason_of(std::string_view wanted) {
  for (int r = 0; r <= static_cast<int>(reason::conflict); ++r) {
    if (word(static_cast<reason>(r)) == wanted) return static_cast<reason>(r);
  }
  DUNLIN_CHECK(false);
}

bytes write(const v1::Send& m) {
  bytes out;
  write_send(out, {.id = id_of<message_id>(m.id()),
                   .kind = static_cast<std::uint32_t>(m.kind()),
                   .urgency = static_cast<std::uint32_t>(m.urgency()),
                   .expires_in = m.expires_in(),
                   .redacts = m.redacts(),
                   .epoch = m.epoch(),
                   .body = as_bytes(m.body()),
                   .after = id_of<message_id>(m.after())});
  return out;
}

// As a record is delivered: the two fields that the stream gave, before the rest as it is stored.
bytes write(const v1::Record& m) {
  bytes out(record_head_max);
  out.resize(write_record_head(out.data(), m.seq(), m.ts()));
  write_record_rest(out, {.account = id_of<account_id>(m.account()),
                          .device = id_of<device_id>(m.device()),
                          .id = id_of<message_id>(m.id()),
                          .kind = static_cast<std::uint32_t>(m.kind()),
                          .urgency = static_cast<std::uint32_t>(m.urgency()),
                          .expires_in = m.expires_in(),
                          .redacts = m.redacts(),
                          .epoch = m.epoch(),
                          .body = as_bytes(m.body())});
  return out;
}

bytes write(const v1::Receipt& m) {
  bytes out;
  write_receipt(out, {m.delivered(), m.read(), m.have_through(), m.own_read()});
  return out;
}

bytes write(const v1::Now& m) {
  bytes out;
  switch (m.what_case()) {
    case v1::Now::kCaughtUp: write_caught_up(out); break;
    case v1::Now::kRefused: {
      auto why = verdict::refuse(reason_of(m.refused().reason()));
      why.floor = id_of<message_id>(m.refused().floor());
      write_refused(out, id_of<stream_id>(m.refused().conversation()), id_of<message_id>(m.refused().id()), why);
      break;
    }
    case v1::Now::kTooLarge:
      write_too_large(out, id_of<stream_id>(m.too_large().conversation()), m.too_large().seq());
      break;
    case v1::Now::kTrimmed:
      write_trimmed(out, id_of<stream_id>(m.trimmed().conversation()), m.trimmed().through());
      break;
    case v1::Now::kReset: write_reset(out, m.reset().from()); break;
    case v1::Now::kHello:
      write_hello(out, m.hello().version(), as_bytes(m.hello().data_id()), m.hello().server_time());
      break;
    case v1::Now::WHAT_NOT_SET: break;
  }
  return out;
}

bytes write(const v1::MembersChanged& m) {
  members_changed what{.name = m.name()};
  const auto view = [](const v1::Member& member) {
    return member_view{id_of<account_id>(member.account()), static_cast<std::uint32_t>(member.role())};
  };
  for (const auto& member : m.joined()) what.joined.push_back(view(member));
  for (const auto& account : m.left()) what.left.push_back(id_of<account_id>(account));
  for (const auto& member : m.roles()) what.roles.push_back(view(member));
  what.picture = as_bytes(m.picture());
  bytes out;
  write_members_changed(out, what);
  return out;
}

bytes write(const v1::Added& m) {
  bytes out;
  write_added(out, {.conversation = id_of<stream_id>(m.conversation()),
                    .join_seq = m.join_seq(),
                    .direct = m.kind() == v1::CONVERSATION_DIRECT,
                    .open = m.open(),
                    .name = m.name(),
                    .picture = as_bytes(m.picture()),
                    .with = id_of<account_id>(m.with())});
  return out;
}

bytes write(const v1::ConversationChanged& m) {
  conversation_changed what;
  if (m.has_name()) what.name = m.name();
  if (m.has_picture()) what.picture = as_bytes(m.picture());
  bytes out;
  write_conversation_changed(out, what);
  return out;
}

bytes write(const v1::Settings& m) {
  bytes out;
  write_settings(out, id_of<stream_id>(m.conversation()), m.version(), m.json());
  return out;
}

bytes write(const v1::ProfileChanged& m) {
  bytes out;
  write_profile_changed(out, id_of<account_id>(m.account()), m.version());
  return out;
}

bytes write(const v1::Removed& m) {
  bytes out;
  write_removed(out, id_of<stream_id>(m.conversation()));
  return out;
}

bytes write(const v1::Device& m) {
  bytes out;
  write_device(out, id_of<device_id>(m.device()), m.name());
  return out;
}

bytes write(const v1::Presence& m) {
  bytes out;
  write_presence(out, m.online(), m.last_seen());
  return out;
}

// Calls `use` with `message` as what it is, if it is a T.
template <class T, class Use>
void if_is(const Message& message, Use use) {
  if (message.GetDescriptor() == T::descriptor()) use(static_cast<const T&>(message));
}

bool read(byte_span data, v1::Send& m) {
  const auto send = read_send(data);
  if (!send) return false;
  m.set_id(text_of(send->id));
  m.set_kind(static_cast<v1::Kind>(send->kind));
  m.set_urgency(static_cast<v1::Urgency>(send->urgency));
  m.set_expires_in(send->expires_in);
  m.set_redacts(send->redacts);
  m.set_epoch(send->epoch);
  m.set_body(std::string(as_text(send->body)));
  m.set_after(text_of(send->after));
  return true;
}

bool read(byte_span data, v1::Record& m) {
  const auto record = read_record(data);
  if (!record) return false;
  m.set_seq(record->seq);
  m.set_ts(record->ts);
  m.set_account(text_of(record->account));
  m.set_device(text_of(record->device));
  m.set_id(text_of(record->id));
  m.set_kind(static_cast<v1::Kind>(record->kind));
  m.set_urgency(static_cast<v1::Urgency>(record->urgency));
  m.set_expires_in(record->expires_in);
  m.set_redacts(record->redacts);
  m.set_epoch(record->epoch);
  m.set_body(std::string(as_text(record->body)));
  return true;
}

bool read(byte_span data, v1::Receipt& m) {
  const auto receipt = read_receipt(data);
  if (!receipt) return false;
  m.set_delivered(receipt->delivered);
  m.set_read(receipt->read);
  m.set_have_through(receipt->have_through);
  m.set_own_read(receipt->own_read);
  return true;
}

bool read(byte_span data, v1::Added& m) {
  const auto added = read_added(data);
  if (!added) return false;
  m.set_conversation(text_of(added->conversation));
  m.set_join_seq(added->join_seq);
  m.set_kind(added->direct ? v1::CONVERSATION_DIRECT : v1::CONVERSATION_GROUP);
  m.set_open(added->open);
  m.set_name(std::string(added->name));
  m.set_picture(std::string(as_text(added->picture)));
  m.set_with(text_of(added->with));
  return true;
}

template <class T>
bool read_as(byte_span data, Message& out, read_result& result) {
  if (out.GetDescriptor() != T::descriptor()) return false;
  result = read(data, static_cast<T&>(out)) ? read_result::read : read_result::refused;
  return true;
}

}  // namespace

std::unique_ptr<Message> message_of(std::string_view name) {
  const auto* type =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName("dunlin.v1." + std::string(name));
  if (type == nullptr) return nullptr;
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

std::optional<bytes> write_ours(const Message& message) {
  std::optional<bytes> out;
  const auto keep = [&out](const auto& m) { out = write(m); };
  if_is<v1::Send>(message, keep);
  if_is<v1::Record>(message, keep);
  if_is<v1::Receipt>(message, keep);
  if_is<v1::Now>(message, keep);
  if_is<v1::MembersChanged>(message, keep);
  if_is<v1::Added>(message, keep);
  if_is<v1::Removed>(message, keep);
  if_is<v1::Device>(message, keep);
  if_is<v1::ConversationChanged>(message, keep);
  if_is<v1::Settings>(message, keep);
  if_is<v1::ProfileChanged>(message, keep);
  if_is<v1::Presence>(message, keep);
  return out;
}

read_result read_ours(byte_span data, Message& out) {
  auto result = read_result::no_reader;
  out.Clear();
  read_as<v1::Send>(data, out, result) || read_as<v1::Record>(data, out, result) ||
      read_as<v1::Receipt>(data, out, result) || read_as<v1::Added>(data, out, result);
  return result;
}

}  // namespace dunlin::stream
