// How the kept directory (what a disk would still have after a power cut) is laid out, and the journal that makes a
// change of several names one step.
//
//   tree/            the names that are durable, each a hard link to a file of content/
//   content/KEY      what of a file is durable; KEY names the file itself (inode and birth time), not its path
//   journal          changes of tree/ that are decided; whoever finds it carries them out first
//
// Used by the preloaded library and by the harness alike. Thread rule: the caller's lock. Errors: what fails here is
// the test's own machinery, so it ends the process with a message.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace dunlin::crash {

struct file_key {
  std::uint64_t inode = 0;
  std::uint64_t born_ns = 0;  // inode numbers are used again by some file systems

  friend auto operator<=>(const file_key&, const file_key&) = default;
  [[nodiscard]] std::string text() const { return std::to_string(inode) + "-" + std::to_string(born_ns); }
};

enum class node_kind : std::uint8_t { none, file, directory, other };

struct node {
  node_kind kind = node_kind::none;
  file_key key;
  mode_t mode = 0;
  std::uint64_t size = 0;
};

// What an open descriptor, or a path, stands for; kind `none` if nothing does.
node node_of(int fd);
node node_at(const std::string& path);

// Ends the process: "crash disk: WHAT PATH: error".
[[noreturn]] void broken(const char* what, std::string_view path);

// One change of a name in tree/.
struct change {
  enum class kind : char { link = 'L', unlink = 'U', make_directory = 'M', remove_directory = 'R' };
  kind what = kind::link;
  std::string path;  // relative to tree/
  file_key content;  // of link
  mode_t mode = 0;   // of make_directory
};

// Carries out the changes so that a process killed at any moment leaves all or none of them, once redo_journal has run.
void apply_changes(const std::string& kept, const std::vector<change>& changes);
void redo_journal(const std::string& kept);

// Copies bytes [begin, end) of `from` to the same place in `to`.
void copy_range(int from, int to, std::uint64_t begin, std::uint64_t end);

}  // namespace dunlin::crash
