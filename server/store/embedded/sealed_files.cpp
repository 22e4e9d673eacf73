#include "store/embedded/sealed_files.hpp"

#include <algorithm>
#include <set>

#include "base/check.hpp"
#include "base/log.hpp"

namespace dunlin::store {

result<std::unique_ptr<sealed_files>> sealed_files::open(disk& files, store_counters& counters) {
  DUNLIN_TRY(files.make_directory(directory));
  std::unique_ptr<sealed_files> out(new sealed_files(files, counters));
  DUNLIN_TRY_ASSIGN(out->manifest_, load_manifest(files));
  out->next_number_ = out->manifest_.next_number;
  auto opened = std::make_shared<list>();
  std::set<std::string> named;
  for (const auto& f : out->manifest_.files) {
    DUNLIN_TRY_ASSIGN(auto one, sealed_file::open(files, f.number, f.size));
    opened->push_back(std::move(one));
    named.insert(sealed_file::path_of(f.number));
  }
  DUNLIN_TRY_ASSIGN(const std::vector<std::string> names, files.list(directory));
  for (const std::string& name : names) {
    const std::string path = std::string(directory) + "/" + name;
    if (!name.ends_with(".sealed") || named.contains(path)) continue;
    DUNLIN_TRY(files.remove(path));
  }
  counters.sealed_files.set(static_cast<std::int64_t>(opened->size()));
  out->list_ = std::move(opened);
  return out;
}

sealed_files::snapshot_ref sealed_files::snapshot() const {
  const std::lock_guard hold(lock_);
  return list_;
}

status sealed_files::publish(manifest next, const std::shared_ptr<sealed_file>& made) {
  next.next_number = next_number_;
  DUNLIN_TRY(store_manifest(files_, next));
  const snapshot_ref before = snapshot();
  auto after = std::make_shared<list>();
  for (const auto& f : next.files) {
    const auto old =
        std::find_if(before->begin(), before->end(), [&](const auto& o) { return o->number() == f.number; });
    if (old == before->end()) DUNLIN_CHECK(made != nullptr && made->number() == f.number);
    after->push_back(old != before->end() ? *old : made);
  }
  manifest_ = std::move(next);
  {
    const std::lock_guard hold(lock_);
    list_ = after;
  }
  counters_.sealed_files.set(static_cast<std::int64_t>(after->size()));
  for (const auto& old : *before) {
    if (std::find(after->begin(), after->end(), old) == after->end()) discard(sealed_file::path_of(old->number()));
  }
  return ok();
}

void sealed_files::discard(const std::string& path) {
  if (const auto removed = files_.remove(path); !removed && removed.error() != errc::not_found) {
    log_warn("a file of the history that is no longer used could not be removed", {{"file", path}});
  }
}

result<std::optional<sealed_row>> sealed_files::find_row(const list& in, const row_key& key, bytes& data) {
  for (std::size_t i = in.size(); i-- > 0;) {
    DUNLIN_TRY_ASSIGN(auto found, in[i]->find_row(key, data));
    if (found) return found;
  }
  return std::optional<sealed_row>();
}

}  // namespace dunlin::store
