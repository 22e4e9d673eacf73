#include "http/json_body.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace dunlin::http {

namespace json = boost::json;

namespace {

// An object of the protocol has an object or a list within, and no more.
constexpr std::size_t max_depth = 4;
// What a person keeps as a setting is their client's affair.
constexpr std::size_t max_settings_depth = 16;

std::optional<response> wrong_type(const request& what) {
  if (is_type(what.content_type, "application/json")) return std::nullopt;
  return problem(415, "unsupported-media-type", "Unsupported media type", "the body must be application/json");
}

response not_json(std::string_view why) { return problem(400, "bad-json", "Not a JSON object", why); }

// An object, or the answer to what is none.
std::optional<response> parse_object(std::string_view text, std::size_t depth, json::object& out) {
  boost::system::error_code error;
  json::parse_options how;
  how.max_depth = depth;
  auto value = json::parse({text.data(), text.size()}, error, {}, how);
  if (error) return not_json("the body is not JSON: " + error.message());
  if (!value.is_object()) return not_json("the body must be a JSON object");
  out = std::move(value.get_object());
  return std::nullopt;
}

}  // namespace

struct json_body::parsed {
  json::object fields;
  std::optional<response> wrong;

  std::optional<json::value> take(std::string_view name) {
    const auto found = fields.find(json::string_view(name.data(), name.size()));
    if (found == fields.end()) return std::nullopt;
    auto value = std::move(found->value());
    fields.erase(found);
    return value;
  }
};

json_body::json_body(const request& what) : in_(std::make_unique<parsed>()) {
  in_->wrong = wrong_type(what);
  if (!in_->wrong) in_->wrong = parse_object(what.body, max_depth, in_->fields);
}

json_body::~json_body() = default;

void json_body::fault(std::string_view field, std::string_view why) {
  if (!in_->wrong) in_->wrong = bad_field(field, why);
}

bool json_body::has(std::string_view field) const {
  return in_->fields.contains(json::string_view(field.data(), field.size()));
}

std::string json_body::text(std::string_view field, std::size_t most) {
  auto found = text_if(field, most);
  if (!found) fault(field, "is missing");
  return std::move(found).value_or(std::string());
}

std::optional<std::string> json_body::text_if(std::string_view field, std::size_t most) {
  const auto value = in_->take(field);
  if (!value) return std::nullopt;
  if (!value->is_string()) {
    fault(field, "must be a text");
    return std::nullopt;
  }
  const auto& text = value->get_string();
  if (text.size() > most) fault(field, "must have at most " + std::to_string(most) + " bytes");
  return std::string(text);
}

std::optional<std::optional<std::string>> json_body::text_or_null_if(std::string_view field, std::size_t most) {
  const auto found = in_->fields.find(json::string_view(field.data(), field.size()));
  if (found == in_->fields.end()) return std::nullopt;
  if (!found->value().is_null()) return text_if(field, most);
  in_->fields.erase(found);
  return std::optional<std::string>();
}

message_id json_body::record_id() {
  const auto found = id<message_id>("id");
  // RFC 9562 section 5.7.
  if ((found.hi >> 12 & 0xf) != 7 || found.lo >> 62 != 2) fault("id", "must be a UUIDv7, as 26 characters of base32");
  return found;
}

accounts::token json_body::token(std::string_view field) {
  const auto found = accounts::token_from_text(text(field, accounts::token_text_size));
  if (!found) fault(field, "must be 256 random bits: 52 characters of base32");
  return found.value_or(accounts::token{});
}

bool json_body::flag_if(std::string_view field) {
  const auto value = in_->take(field);
  if (!value) return false;
  if (!value->is_bool()) fault(field, "must be true or false");
  return value->is_bool() && value->get_bool();
}

std::vector<std::string> json_body::texts_if(std::string_view field, std::size_t most) {
  std::vector<std::string> out;
  const auto value = in_->take(field);
  if (!value) return out;
  if (!value->is_array() || value->get_array().size() > most) {
    fault(field, "must be a list of at most " + std::to_string(most));
    return out;
  }
  for (const auto& item : value->get_array()) {
    if (item.is_string()) {
      out.emplace_back(item.get_string());
    } else {
      fault(field, "must be a list of texts");
    }
  }
  return out;
}

std::vector<std::pair<std::string, std::string>> json_body::pairs_if(std::string_view field, std::size_t most) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto value = in_->take(field);
  if (!value) return out;
  if (!value->is_object() || value->get_object().size() > most) {
    fault(field, "must be an object of at most " + std::to_string(most) + " fields");
    return out;
  }
  for (const auto& [key, item] : value->get_object()) {
    if (item.is_string()) {
      out.emplace_back(std::string(key), std::string(item.get_string()));
    } else {
      fault(field, "must be an object of texts");
    }
  }
  return out;
}

std::optional<response> json_body::wrong() {
  if (!in_->wrong && !in_->fields.empty()) {
    const std::string name(in_->fields.begin()->key());
    fault(name, "is not known here");
  }
  return std::move(in_->wrong);
}

response bad_field(std::string_view field, std::string_view why) {
  std::string detail(field);
  detail.append(" ").append(why);
  return problem(422, "bad-field", "A field is wrong", detail, field);
}

std::optional<response> not_an_object(const request& what, std::size_t most) {
  if (auto wrong = wrong_type(what)) return wrong;
  if (what.body.size() > most) {
    return problem(413, "body-too-large", "Body too large",
                   "the object has at most " + std::to_string(most) + " bytes");
  }
  json::object ignored;
  return parse_object(what.body, max_settings_depth, ignored);
}

}  // namespace dunlin::http
