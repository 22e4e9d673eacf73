// Errors are values. A function that can fail for an expected reason returns result<T>; each subsystem has one
// enumeration `errc` whose values convert to std::error_code by way of DUNLIN_ERRC (base/errc.hpp).
//
// What should be impossible is not an error: see base/check.hpp.
#pragma once

#include <system_error>

#include <boost/system/result.hpp>

namespace dunlin {

// `if (!r) return r.error();  use(*r);`
template <class T, class E = std::error_code>
using result = boost::system::result<T, E>;

// What a function returns that yields nothing but may fail.
using status = result<void>;

inline status ok() { return {}; }

}  // namespace dunlin

// Leaves the enclosing function with the error of `expression`, if it has one.
#define DUNLIN_TRY(expression)                           \
  do {                                                   \
    if (auto dunlin_try_ = (expression); !dunlin_try_) { \
      return dunlin_try_.error();                        \
    }                                                    \
  } while (false)

#define DUNLIN_TRY_CONCAT_(a, b) a##b
#define DUNLIN_TRY_NAME_(a, b) DUNLIN_TRY_CONCAT_(a, b)
// `DUNLIN_TRY_ASSIGN(auto file, open(path));`: the value, or leaves the enclosing function with the error.
// The target may be a declaration, which cannot stand in parentheses.
#define DUNLIN_TRY_ASSIGN(target, expression)                  \
  auto DUNLIN_TRY_NAME_(dunlin_try_, __LINE__) = (expression); \
  if (!DUNLIN_TRY_NAME_(dunlin_try_, __LINE__)) {              \
    return DUNLIN_TRY_NAME_(dunlin_try_, __LINE__).error();    \
  }                                                            \
  target = std::move(*DUNLIN_TRY_NAME_(dunlin_try_, __LINE__))  // NOLINT(bugprone-macro-parentheses)
