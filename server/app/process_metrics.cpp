#include "app/process_metrics.hpp"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/resource.h>

#include <unistd.h>

#include "app/version.hpp"
#include "base/log.hpp"

namespace dunlin::app {

namespace {

double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  in >> size >> resident;
  return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

double open_descriptors() {
  std::error_code failed;
  double n = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", failed), end; !failed && at != end;
       at.increment(failed)) {
    ++n;
  }
  return n - 1;  // the one that lists them
}

double most_descriptors() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<double>(limit.rlim_cur) : 0;
}

double processor_seconds() {
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) != 0) return 0;
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

}  // namespace

void show_process(metrics& all) {
  all.make_gauge("dunlin_build_info", "1; the label says which version runs.",
                 "version=\"" + std::string(version) + "\"")
      .set(1);
  all.make_callback("process_resident_memory_bytes", "Memory of the process that is in RAM.", "", resident_bytes);
  all.make_callback("process_open_fds", "Open file descriptors.", "", open_descriptors);
  all.make_callback("process_max_fds", "File descriptors that the system allows.", "", most_descriptors);
  all.make_callback("process_cpu_seconds_total", "Processor time used, user and system.", "", processor_seconds);
  all.make_gauge("process_start_time_seconds", "When the process started, in seconds since 1970 UTC.")
      .set(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
               .count());
  all.make_callback("dunlin_log_lines_dropped_total", "Log lines dropped because the queue was full.", "",
                    [] { return static_cast<double>(log_dropped()); });
}

void show_store(metrics& all, const store::store_counters& c) {
  all.show("dunlin_log_rounds_total", "Rounds of the log: one write and one sync each.", c.rounds);
  all.show("dunlin_log_sync_seconds", "How long a round's write and sync took.", c.sync_us);
  all.show("dunlin_log_message_sync_seconds", "The same, counted once for each record in the round.", c.record_sync_us);
  all.show("dunlin_log_batches_total", "Batches of shards written in those rounds.", c.batches);
  all.show("dunlin_log_written_bytes_total", "Bytes written to the log.", c.log_bytes);
  all.show("dunlin_log_prepared_bytes_total", "Zeros written once into each new segment file.", c.prepared_bytes);
  all.show("dunlin_log_stalls_total", "Rounds put off because no segment was prepared.", c.log_stalls);
  all.show("dunlin_log_unsealed_bytes", "Log that is not sealed yet.", c.unsealed_bytes);
  all.show("dunlin_log_segments", "Segments in use.", c.segments);
  all.show("dunlin_history_files", "Sealed files in use.", c.sealed_files);
  all.show("dunlin_history_sealed_segments_total", "Segments sealed.", c.sealed_segments);
  all.show("dunlin_history_merges_total", "Merges of sealed files.", c.merges);
  all.show("dunlin_history_hurries_total", "Times that sealing went on at full priority: the log was nearly full.",
           c.hurries);
  all.show("dunlin_history_sealed_bytes_total", "Bytes of records and indexes sealed.", c.sealed_bytes);
  all.show("dunlin_history_rows_bytes_total", "Bytes of state rows written.", c.row_bytes);
  all.show("dunlin_history_merged_bytes_total", "Bytes of records and indexes merged.", c.merged_bytes);
  all.show("dunlin_store_no_space_total", "Background work put off because the disk was full.", c.background_no_space);
  all.show("dunlin_store_errors_total", "Background work that failed and is tried again.", c.background_errors);
  all.show("dunlin_store_reads_total", "Range reads that went to the disk.", c.reads);
  all.show("dunlin_store_loads_total", "States read back from the disk.", c.loads);
  all.show("dunlin_store_corrupt_total", "Reads that found damaged data.", c.corrupt);
  all.show("dunlin_store_read_queue", "Reads that wait for the disk.", c.read_queue);
  all.show("dunlin_disk_full", "1: messages are refused because the disk is full.", c.disk_full);
}

void show_accounts(metrics& all, const accounts::store_thread& thread) {
  all.make_callback("dunlin_accounts_queue", "Jobs that wait for the accounts' thread.", "",
                    [&thread] { return static_cast<double>(thread.waiting()); });
}

}  // namespace dunlin::app
