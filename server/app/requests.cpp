#include "app/requests.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

namespace dunlin::app {

namespace json = boost::json;

namespace {

json::array to_array(const std::vector<std::string>& texts) {
  json::array out;
  for (const auto& text : texts) out.emplace_back(text);
  return out;
}

struct writer {
  json::object operator()(const account_add& r) const {
    return {{"do", "account.add"}, {"handle", r.handle}, {"device_name", r.device_name}};
  }
  json::object operator()(const account_remove& r) const { return {{"do", "account.remove"}, {"user", r.user}}; }
  json::object operator()(const device_add& r) const {
    return {{"do", "device.add"}, {"user", r.user}, {"device_name", r.device_name}};
  }
  json::object operator()(const device_mint& r) const {
    return {{"do", "device.mint"}, {"count", r.count}, {"prefix", r.prefix}};
  }
  json::object operator()(const device_revoke& r) const { return {{"do", "device.revoke"}, {"device", r.device}}; }
  json::object operator()(const conversation_add& r) const {
    return {{"do", "conversation.add"},
            {"members", to_array(r.members)},
            {"name", r.name},
            {"open", r.open},
            {"until_delivered", r.until_delivered}};
  }
  json::object operator()(const members_change& r) const {
    return {{"do", "conversation.members"}, {"conversation", r.conversation}, {"add", to_array(r.add)},
            {"remove", to_array(r.remove)}, {"give", to_array(r.give)},       {"role", r.role}};
  }
  json::object operator()(const invite_add& r) const {
    return {{"do", "invite.add"}, {"uses", r.uses}, {"lasts", r.lasts}, {"from", r.from}};
  }
  json::object operator()(const invite_list&) const { return {{"do", "invite.list"}}; }
  json::object operator()(const invite_revoke& r) const { return {{"do", "invite.revoke"}, {"code", r.code}}; }
  json::object operator()(const status_query&) const { return {{"do", "status"}}; }
};

// Takes fields out of a request; remembers whether one had a wrong type or is unknown.
class fields {
 public:
  explicit fields(json::object object) : object_(std::move(object)) {}

  std::string text(std::string_view key) {
    const auto value = take(key);
    if (value.is_string()) return std::string(value.get_string());
    return fail<std::string>(value);
  }
  std::uint64_t number(std::string_view key) {
    const auto value = take(key);
    if (value.is_uint64()) return value.get_uint64();
    if (value.is_int64() && value.get_int64() >= 0) return static_cast<std::uint64_t>(value.get_int64());
    return fail<std::uint64_t>(value);
  }
  bool flag(std::string_view key) {
    const auto value = take(key);
    if (value.is_bool()) return value.get_bool();
    return fail<bool>(value);
  }
  std::vector<std::string> texts(std::string_view key) {
    const auto value = take(key);
    if (!value.is_array() || value.get_array().size() > max_members) return fail<std::vector<std::string>>(value);
    std::vector<std::string> out;
    for (const auto& item : value.get_array()) {
      if (!item.is_string()) return fail<std::vector<std::string>>(item);
      out.emplace_back(item.get_string());
    }
    return out;
  }
  [[nodiscard]] bool ok() const { return ok_ && object_.empty(); }

 private:
  json::value take(std::string_view key) {
    const auto found = object_.find(key);
    if (found == object_.end()) return nullptr;
    auto value = found->value();
    object_.erase(found);
    return value;
  }
  // A missing field has its default; one of a wrong type spoils the request.
  template <class T>
  T fail(const json::value& value) {
    if (!value.is_null()) ok_ = false;
    return {};
  }

  json::object object_;
  bool ok_ = true;
};

boost::system::result<request, bad_request> read_fields(const std::string& what, fields& in) {
  if (what == "account.add") return account_add{in.text("handle"), in.text("device_name")};
  if (what == "account.remove") return account_remove{in.text("user")};
  if (what == "device.add") return device_add{in.text("user"), in.text("device_name")};
  if (what == "device.mint") return device_mint{in.number("count"), in.text("prefix")};
  if (what == "device.revoke") return device_revoke{in.text("device")};
  if (what == "conversation.add") {
    return conversation_add{in.texts("members"), in.text("name"), in.flag("open"), in.flag("until_delivered")};
  }
  if (what == "conversation.members") {
    return members_change{in.text("conversation"), in.texts("add"), in.texts("remove"), in.texts("give"),
                          in.text("role")};
  }
  if (what == "invite.add") return invite_add{in.number("uses"), in.number("lasts"), in.text("from")};
  if (what == "invite.list") return invite_list{};
  if (what == "invite.revoke") return invite_revoke{in.text("code")};
  if (what == "status") return status_query{};
  return bad_request{"this server does not know the request '" + what + "': is the command line of another version?"};
}

}  // namespace

std::string to_line(const request& what) { return json::serialize(std::visit(writer(), what)); }

boost::system::result<request, bad_request> read_request(std::string_view line) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 4;
  const auto value = json::parse({line.data(), line.size()}, error, {}, options);
  if (error || !value.is_object()) return bad_request{"the request is not a JSON object"};
  fields in(value.get_object());
  const auto what = in.text("do");
  auto out = read_fields(what, in);
  if (out && !in.ok()) return bad_request{"the request has a field that '" + what + "' does not take"};
  return out;
}

}  // namespace dunlin::app
