// The body of a request as a JSON object, taken field by field.
//
//   json_body body(what);
//   const auto name = body.text("name", 128);
//   const auto wanted = body.id<account_id>("account");
//   if (auto wrong = body.wrong()) co_return std::move(*wrong);
//
// What is missing, of another type or unknown is remembered, and the first of it is the answer: 415 for another media
// type, 400 for what is no JSON object, 422 with the field's name for a wrong field. A field that is not known is
// refused, so that a client that misspells one, or asks for more than this server can do, learns of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "accounts/token.hpp"
#include "base/id.hpp"
#include "http/message.hpp"

namespace dunlin::http {

class json_body {
 public:
  explicit json_body(const request& what);
  ~json_body();
  json_body(const json_body&) = delete;
  json_body& operator=(const json_body&) = delete;

  [[nodiscard]] bool has(std::string_view field) const;
  // UTF-8 of at most `most` bytes; empty after a fault.
  std::string text(std::string_view field, std::size_t most);
  std::optional<std::string> text_if(std::string_view field, std::size_t most);
  // Nothing if the field is not there; an empty optional within for null.
  std::optional<std::optional<std::string>> text_or_null_if(std::string_view field, std::size_t most);
  // False if the field is not there.
  bool flag_if(std::string_view field);
  // Not there: empty.
  std::vector<std::string> texts_if(std::string_view field, std::size_t most);
  // The fields of an object within, whose values are texts.
  std::vector<std::pair<std::string, std::string>> pairs_if(std::string_view field, std::size_t most);

  template <class Id>
  Id id(std::string_view field) {
    const auto found = id_if<Id>(field);
    if (!found) fault(field, "is missing");
    return found.value_or(Id{});
  }
  template <class Id>
  std::optional<Id> id_if(std::string_view field) {
    const auto text = text_if(field, Id::text_size);
    if (!text) return std::nullopt;
    return to_id<Id>(field, *text);
  }
  template <class Id>
  std::vector<Id> ids_if(std::string_view field, std::size_t most) {
    std::vector<Id> out;
    for (const auto& text : texts_if(field, most)) out.push_back(to_id<Id>(field, text));
    return out;
  }
  template <class Id>
  Id to_id(std::string_view field, std::string_view text) {
    const auto id = id_from_text<Id>(text);
    if (!id || id->is_zero()) fault(field, "must be an id: 26 characters of base32");
    return id.value_or(Id{});
  }

  accounts::token token(std::string_view field);
  // The field `id` of what makes a record: a UUIDv7 (rule S3).
  message_id record_id();

  // The first fault counts.
  void fault(std::string_view field, std::string_view why);
  // After all fields were taken: the answer to a wrong body.
  std::optional<response> wrong();

 private:
  struct parsed;
  std::unique_ptr<parsed> in_;
};

// 422, for a field that is wrong by itself or together with others.
response bad_field(std::string_view field, std::string_view why);
// The answer to a body that is no JSON object of at most `most` bytes; nothing if it is one.
std::optional<response> not_an_object(const request& what, std::size_t most);

}  // namespace dunlin::http
