#include "store/embedded/background.hpp"

#include <algorithm>

#include "base/log.hpp"

namespace dunlin::store {

namespace {

// A segment is not prepared for anybody who waits, unless nothing is paced: it is written in so many parts of a chunk,
// each with its part of the pause. A round of the log that meets 1 MiB takes half a millisecond longer and more (p99
// 0.5 ms beside 0.2, at 5,000 rounds a second), one that meets 128 KiB a tenth (p99 0.3 ms).
constexpr std::uint32_t parts = 8;
constexpr std::size_t min_part = std::size_t{4} << 10;
// Of segments::fill().
constexpr std::uint32_t half_full = 128;
constexpr std::uint32_t three_quarters_full = 192;

}  // namespace

background::background(seal_job::surroundings around, std::function<void()> nudge_writer)
    : around_(std::move(around)), nudge_writer_(std::move(nudge_writer)) {}

void background::look_at_disk(mono_ms now) {
  if (looked_once_ && now - looked_ < look_every) return;
  looked_once_ = true;
  looked_ = now;
  const auto room = around_.files.free_bytes();
  low_ = room && *room < around_.options.keep_free_bytes;
}

void background::failed(std::string_view what, const std::error_code& why, mono_ms now) {
  if (why == errc::no_space) {
    around_.counters.background_no_space.add();
    no_space_ = true;
  } else {
    around_.counters.background_errors.add();
  }
  log_error("background work of the store failed and will be tried again", {{"work", what}, {"error", why.message()}});
  retry_jobs_ = now + around_.options.retry_ms;
}

bool background::prepare(mono_ms now) {
  if (cannot_prepare_ && now < retry_prepare_) return false;
  const std::size_t whole = around_.options.background_chunk_bytes;
  const auto done = around_.log_files.prepare_some(pause() == 0 ? whole : std::max(whole / parts, min_part));
  if (!done) {
    if (!cannot_prepare_) log_warn("no log segment can be prepared", {{"error", done.error().message()}});
    around_.counters.background_no_space.add(done.error() == errc::no_space ? 1 : 0);
    around_.counters.background_errors.add(done.error() == errc::no_space ? 0 : 1);
    cannot_prepare_ = true;
    retry_prepare_ = now + around_.options.retry_ms;
    return false;
  }
  cannot_prepare_ = false;
  if (around_.log_files.take_given()) nudge_writer_();
  return *done == progress::worked;
}

void background::start_sealing() {
  const std::size_t closed = around_.log_files.closed_count();
  // What failed for want of space is tried again even if it would not be due: clients are refused until it works.
  const bool wanted = closed >= around_.options.seal_at_segments ||
                      (closed > 0 && (around_.log_files.fill() >= half_full || cannot_prepare_ || no_space_));
  if (wanted) {
    sealing_ = std::make_unique<seal_job>(around_, around_.log_files.closed(around_.options.seal_most_segments));
  }
}

void background::start_merging() {
  const auto& files = around_.history.current().files;
  for (std::size_t i = 0; i < files.size();) {
    std::size_t end = i;
    while (end < files.size() && files[end].level == files[i].level) ++end;
    if (files[i].level < around_.options.max_level && end - i >= around_.options.merge_files) {
      const auto snapshot = around_.history.snapshot();
      const auto begin = snapshot->begin() + static_cast<std::ptrdiff_t>(i);
      merging_ = std::make_unique<merge_job>(around_.files, around_.options, around_.history, around_.counters,
                                             sealed_files::list(begin, begin + around_.options.merge_files),
                                             files[i].level + 1);
      return;
    }
    i = end;
  }
}

// A step of a job; a failed or finished one is given up. A failed step counts as waiting.
template <class Job>
job_step background::run(std::unique_ptr<Job>& job, std::string_view what, mono_ms now) {
  const auto did = job->step();
  if (!did) {
    job.reset();
    failed(what, did.error(), now);
    return job_step::waiting;
  }
  if (*did == job_step::wrote || *did == job_step::done) no_space_ = false;
  if (*did == job_step::done) job.reset();
  return *did;
}

bool background::must_hurry() const {
  return around_.log_files.fill() >= three_quarters_full || !around_.log_files.has_prepared();
}

// The pace of writing beside the log. It no longer matters once the log is half full of what is not sealed, or cannot
// go on without a segment.
std::uint32_t background::pause() const {
  const std::uint32_t fill = around_.log_files.fill();
  if (fill >= half_full || !around_.log_files.has_prepared()) return 0;
  return around_.options.background_pause_ms * (half_full - fill) / half_full;
}

background::rest background::run_once(mono_ms now) {
  look_at_disk(now);
  const bool prepared = prepare(now);
  if (around_.log_files.take_waiting()) around_.rows.wake_all();
  if (sealing_ == nullptr && now >= retry_jobs_) start_sealing();
  if (merging_ == nullptr && now >= retry_jobs_) start_merging();
  around_.log_files.set_full(low_ || no_space_ || cannot_prepare_);
  if (prepared) return {false, pause() / parts};

  job_step did = job_step::waiting;
  merge_next_ = !merge_next_ && around_.log_files.fill() < half_full;
  if (sealing_ != nullptr && !(merge_next_ && merging_ != nullptr)) {
    did = run(sealing_, "sealing", now);
    if (did == job_step::waiting && merging_ != nullptr) did = run(merging_, "merging", now);
  } else if (merging_ != nullptr) {
    did = run(merging_, "merging", now);
  }
  switch (did) {
    case job_step::computed: return {false, 0};
    case job_step::wrote:
    case job_step::done: return {false, pause()};
    case job_step::waiting: break;
  }
  return {true, static_cast<std::uint32_t>(is_busy() ? 100 : look_every)};
}

}  // namespace dunlin::store
