#include "store/embedded/log_group.hpp"

#include "base/log.hpp"

namespace dunlin::store {

log_group::log_group(disk& files, const store_options& options, random_source& random, writer_calls calls,
                     store_counters& counters)
    : segments_(files, options, counters), handovers_(static_cast<std::size_t>(options.shards)) {
  writer_ = std::make_unique<log_writer>(segments_, handovers_, random, std::move(calls), counters);
  for (int i = 0; i < options.shards; ++i) {
    logs_.push_back(std::make_unique<embedded_log>(i, options, segments_, handovers_[static_cast<std::size_t>(i)],
                                                   [this] { writer_->nudge(); }));
  }
}

result<std::unique_ptr<log_group>> log_group::open(disk& files, const store_options& options,
                                                   const sealed_point& sealed, random_source& random,
                                                   writer_calls calls, store_counters& counters) {
  DUNLIN_TRY_ASSIGN(recovered_log found, scan_log(files, sealed));
  std::unique_ptr<log_group> out(new log_group(files, options, random, std::move(calls), counters));
  log_info("the log was read", {{"segments", found.chain.size()}, {"bytes", found.bytes}, {"next", found.next_batch}});
  DUNLIN_TRY_ASSIGN(const log_end end, open_log_end(std::move(found), sealed, out->segments_, random));
  out->chain_ = out->segments_.live();
  out->writer_->go_on_at(end);
  return out;
}

}  // namespace dunlin::store
