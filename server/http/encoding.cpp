#include "http/encoding.hpp"

#include <algorithm>
#include <map>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <openssl/evp.h>

#include "base/log.hpp"
#include "base/wire.hpp"
#include "stream/wire.hpp"

namespace dunlin::http {

namespace json = boost::json;

namespace {

std::string base64(byte_span data) {
  std::string out(4 * ((data.size() + 2) / 3) + 1, '\0');  // EVP_EncodeBlock ends with a zero
  const int n =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), data.data(), static_cast<int>(data.size()));
  out.resize(static_cast<std::size_t>(n));
  return out;
}

// `with_body`: false where it is left out for its size.
json::object record_json(const stream::record_view& r, bool with_body = true) {
  json::object out{{"seq", r.seq}, {"ts", r.ts}};
  if (!r.account.is_zero()) out["account"] = to_text(r.account);
  if (!r.device.is_zero()) out["device"] = to_text(r.device);
  if (!r.id.is_zero()) out["id"] = to_text(r.id);
  out["kind"] = static_cast<std::uint64_t>(r.kind);
  // As proto3 has it, what is zero is left out, except what every reader looks at.
  if (r.urgency != 0) out["urgency"] = static_cast<std::uint64_t>(r.urgency);
  if (r.expires_in != 0) out["expires_in"] = r.expires_in;
  if (r.redacts != 0) out["redacts"] = r.redacts;
  if (r.epoch != 0) out["epoch"] = r.epoch;
  if (with_body) out["body"] = base64(r.body);
  return out;
}

const char* role_name(stream::role as) {
  switch (as) {
    case stream::role::member: return "member";
    case stream::role::admin: return "admin";
    case stream::role::owner: return "owner";
  }
  return "member";
}

// Its SHA-256, written as a token is; null: there is none.
json::value picture_json(const bytes& picture) {
  accounts::picture_hash as;
  if (picture.size() != as.bytes.size()) return nullptr;
  std::ranges::copy(picture, as.bytes.begin());
  return json::value(accounts::to_text(as));
}

json::object conversation_json(const engine::state_answer::conversation& c) {
  json::object out{{"id", to_text(c.id)},
                   {"kind", c.direct ? "direct" : "group"},
                   {"open", c.open},
                   {"name", c.name},
                   {"join_seq", c.join_seq},
                   {"head", c.head},
                   {"cursor", c.cursor},
                   {"read", c.read},
                   {"others_delivered", c.others_delivered},
                   {"others_read", c.others_read}};
  if (c.left) {
    out["left"] = true;
    return out;
  }
  out["picture"] = picture_json(c.picture);
  out["role"] = role_name(c.as);
  out["member_count"] = c.members;
  if (c.direct) out["with"] = to_text(c.with);
  const auto last = c.last.empty() ? std::nullopt : stream::read_record(c.last);
  if (last) out["last"] = record_json(*last, !c.last_is_cut);
  return out;
}

json::object profile_object(const accounts::profile& p) {
  json::object out{{"account", to_text(p.account)}, {"handle", p.handle}, {"name", p.name}, {"about", p.about}};
  out["picture"] = nullptr;
  if (p.picture) out["picture"] = to_text(*p.picture);
  out["version"] = p.version;
  return out;
}

// One more field of an object that is text already, and not empty: what is large is not built twice.
void put(std::string& object, std::string_view field, std::string_view value) {
  object.pop_back();
  object.append(",\"").append(field).append("\":").append(value).append("}");
}

// Calls use(record) for those that fit into one answer; at least one.
template <class Use>
void each_record(const engine::records_answer& answer, Use use) {
  std::size_t total = 0;
  for (const auto& record : answer.records) {
    if (total > 0 && total + record.size() > max_record_bytes) return;
    total += record.size();
    use(record);
  }
}

}  // namespace

std::string records_json(stream_id conversation, const engine::records_answer& answer) {
  json::array records;
  each_record(answer, [&](const bytes& record) {
    const auto view = stream::read_record(record);
    if (!view) {
      log_error("http: a stored record cannot be read", {{"conversation", to_text(conversation)}});
      return;
    }
    records.push_back(record_json(*view));
  });
  return json::serialize(
      json::object{{"conversation", to_text(conversation)}, {"head", answer.head}, {"records", std::move(records)}});
}

std::string records_protobuf(const engine::records_answer& answer) {
  bytes out;
  wire_writer w(out);
  each_record(answer, [&](const bytes& record) { w.message(1, record); });
  w.number(2, answer.head);
  return std::string(as_text(out));
}

std::string members_json(const engine::members_answer& answer) {
  json::array members;
  for (const auto& one : answer.members) {
    members.push_back(
        json::object{{"account", to_text(one.account)}, {"role", role_name(one.as)}, {"join_seq", one.join_seq}});
  }
  return json::serialize(json::object{{"members", std::move(members)}});
}

std::string profile_json(const accounts::profile& p) { return json::serialize(profile_object(p)); }

std::string own_profile_json(const accounts::profile& p) {
  auto out = profile_object(p);
  out["created"] = p.created;
  return json::serialize(out);
}

std::string profiles_json(const std::vector<accounts::profile>& all) {
  json::array list;
  for (const auto& p : all) list.push_back(profile_object(p));
  return json::serialize(json::object{{"profiles", std::move(list)}});
}

std::string settings_json(const accounts::settings& kept) {
  return "{\"version\":" + std::to_string(kept.version) + ",\"settings\":" + kept.json + "}";
}

std::string state_json(const accounts::identity& who, const data_id& data, const engine::state_answer& answer,
                       const accounts::profiles::own& own) {
  std::map<stream_id, const accounts::settings*> kept;
  for (const auto& one : own.kept) kept[one.conversation] = &one;
  const auto settings_of = [&](stream_id conversation) {
    const auto found = kept.find(conversation);
    return found == kept.end() ? std::string("null") : settings_json(*found->second);
  };
  auto out = json::serialize(json::object{{"data_id", to_text(id_from_bytes<stream_id>(data))},
                                          {"account", to_text(who.account)},
                                          {"device", to_text(who.device)},
                                          {"at", answer.at}});
  put(out, "profile", own_profile_json(own.shown));
  put(out, "settings", settings_of({}));
  std::string conversations = "[";
  for (const auto& c : answer.conversations) {
    if (conversations.size() > 1) conversations += ',';
    auto one = json::serialize(conversation_json(c));
    if (!c.left) put(one, "settings", settings_of(c.id));
    conversations += one;
  }
  put(out, "conversations", conversations + "]");
  return out;
}

}  // namespace dunlin::http
