// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// Parses /proc/PID/stat from its last ')', since a program's name may hold blanks and brackets.
#include "os/proc_stat.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "os/file.h"
#include "os/system_error.h"

namespace penstock::os {
namespace {

constexpr std::size_t kProcFileBytesMax = std::size_t{64} << 10U;

// Fields of /proc/PID/stat after the name, counted from 0 (state). Source: proc(5).
constexpr std::size_t kUserTicks = 11;
constexpr std::size_t kSystemTicks = 12;
constexpr std::size_t kThreads = 17;
constexpr std::size_t kStartTicks = 19;
constexpr std::size_t kRssPages = 21;
constexpr std::size_t kFields = 22;

Result<std::string> read_text(const std::filesystem::path& path) {
  PENSTOCK_TRY(file, File::open(path, FileMode::read));
  return file.read_all(kProcFileBytesMax);
}

std::string_view next_word(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \n"), text.size()));
  const std::string_view word = text.substr(0, text.find_first_of(" \n"));
  text.remove_prefix(word.size());
  return word;
}

std::optional<std::uint64_t> to_number(std::string_view word) {
  std::uint64_t number = 0;
  const auto parsed = std::from_chars(word.data(), word.data() + word.size(), number);
  if (parsed.ec != std::errc{} || parsed.ptr != word.data() + word.size()) return std::nullopt;
  return number;
}

Result<std::array<std::uint64_t, kFields>> stat_fields(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  auto text = read_text(path);
  // A process that ends between open() and read() gives ESRCH; both mean that it is gone.
  if (!text) return system_error("read", path, ESRCH);
  std::string_view rest = *text;
  rest.remove_prefix(std::min(rest.rfind(')') + 1, rest.size()));
  std::array<std::uint64_t, kFields> fields{};
  for (std::uint64_t& field : fields) field = to_number(next_word(rest)).value_or(0);
  return fields;
}

std::size_t affinity_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(std::max(1, CPU_COUNT(&set)));
}

// "max 100000" or "150000 100000": quota and period in microseconds (cgroup v2, cpu.max).
std::optional<double> quota_of(const std::filesystem::path& cpu_max) {
  const auto text = read_text(cpu_max);
  if (!text) return std::nullopt;
  std::string_view rest = *text;
  const auto quota = to_number(next_word(rest));
  const auto period = to_number(next_word(rest));
  if (!quota || !period || *period == 0) return std::nullopt;
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

// The smallest quota from this process's cgroup up to the root.
std::optional<double> cgroup_cpus() {
  const auto text = read_text("/proc/self/cgroup");
  if (!text) return std::nullopt;
  constexpr std::string_view kUnified = "0::/";
  const auto at = text->find(kUnified);
  if (at == std::string::npos) return std::nullopt;
  const auto begin = at + kUnified.size();
  const std::filesystem::path root = "/sys/fs/cgroup";
  std::filesystem::path folder = root / text->substr(begin, text->find('\n', begin) - begin);
  std::optional<double> smallest;
  for (;; folder = folder.parent_path()) {
    const auto quota = quota_of(folder / "cpu.max");
    if (quota) smallest = std::min(smallest.value_or(*quota), *quota);
    if (folder == root || !folder.has_relative_path()) return smallest;
  }
}

}  // namespace

Result<ProcessUse> process_use(pid_t pid) {
  PENSTOCK_TRY(fields, stat_fields(pid));
  const auto ticks_per_s = static_cast<std::uint64_t>(std::max(1L, ::sysconf(_SC_CLK_TCK)));
  const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  const std::uint64_t ticks = fields[kUserTicks] + fields[kSystemTicks];
  return ProcessUse{.rss_bytes = fields[kRssPages] * page_bytes,
                    .cpu = std::chrono::nanoseconds(ticks * (1'000'000'000 / ticks_per_s))};
}

Result<std::uint64_t> start_ticks(pid_t pid) {
  PENSTOCK_TRY(fields, stat_fields(pid));
  return fields[kStartTicks];
}

Result<std::size_t> thread_count() {
  PENSTOCK_TRY(fields, stat_fields(::getpid()));
  return static_cast<std::size_t>(fields[kThreads]);
}

std::size_t usable_cpus() {
  const std::size_t allowed = affinity_cpus();
  const auto quota = cgroup_cpus();
  if (!quota) return allowed;
  return std::clamp<std::size_t>(static_cast<std::size_t>(std::ceil(*quota)), 1, allowed);
}

std::size_t descriptor_limit() { return raise_descriptor_limit(0); }

std::size_t raise_descriptor_limit(std::size_t wanted) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  if (limit.rlim_cur < wanted) {
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = std::min<rlim_t>(wanted, limit.rlim_max);
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return before;
  }
  return limit.rlim_cur;
}

}  // namespace penstock::os
