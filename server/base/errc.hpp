// Makes an enumeration of a subsystem's errors a std::error_code. In the subsystem's header:
//
//   namespace dunlin::store {
//   enum class errc { corrupt = 1, no_space };
//   std::string_view phrase(errc);            // a phrase per value: what happened, in words an operator understands
//   }
//   DUNLIN_ERRC(dunlin::store::errc, "store")
#pragma once

#include <string>
#include <string_view>
#include <system_error>

namespace dunlin::detail {

template <class Errc>
class errc_category final : public std::error_category {
 public:
  explicit errc_category(const char* name) : name_(name) {}
  [[nodiscard]] const char* name() const noexcept override { return name_; }
  [[nodiscard]] std::string message(int value) const override { return std::string(phrase(static_cast<Errc>(value))); }

 private:
  const char* name_;
};

}  // namespace dunlin::detail

// Use at global scope.
#define DUNLIN_ERRC(type, category_name)                                      \
  template <>                                                                 \
  struct std::is_error_code_enum<type> : std::true_type {};                   \
  inline std::error_code dunlin_make_error_code(type value) {                 \
    static const dunlin::detail::errc_category<type> category(category_name); \
    return {static_cast<int>(value), category};                               \
  }
