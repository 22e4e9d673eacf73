// The app's files, as the web build left them: read into memory once, at start, so that every answer is of one build
// and costs neither a look at the disk nor a copy.
//
// Nothing outside the directory can be asked for: a path is looked up among the names of the files that were found, and
// symbolic links are not followed. Files with a hash in their name (/assets/name-HASH.js) are immutable, all others are
// asked for again each time. x.br and x.gz beside x are x in another coding.
//
// Thread rule: constant once made; any thread. Bounds: below.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/message.hpp"

namespace dunlin::http {

class web_files {
 public:
  static constexpr std::size_t max_files = 4096;
  static constexpr std::size_t max_bytes = 64 << 20;  // of all together

  struct error {
    std::string text;
  };
  // All files below `root`, which has an index.html. Errors: for people.
  static result<std::shared_ptr<const web_files>, error> load(const std::string& root);

  // The answer to a GET or HEAD of a file; nothing if there is none at this path.
  [[nodiscard]] std::optional<response> answer(const request& what) const;
  [[nodiscard]] std::size_t size() const { return files_.size(); }

 private:
  using bytes_of = std::shared_ptr<const std::string>;
  struct coded {
    bytes_of data;
    std::string tag;  // an entity tag, with its quotation marks
  };
  struct file {
    std::string_view type;
    bool immutable = false;
    bool runs = false;  // a page or a script, which the app's own policy is for
    coded plain;
    std::optional<coded> brotli;
    std::optional<coded> gzip;
  };

  std::map<std::string, file, std::less<>> files_;  // by path: "/index.html"
};

}  // namespace dunlin::http
