// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// What all rivals of this workload have in common: arguments, clocks, and one line of JSON.
#pragma once

#include <sys/resource.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace penstock::bench {

/// URL CONNECTIONS REQUESTS
struct Load {
  std::string url;
  std::size_t connections = 0;
  std::size_t requests = 0;
};

inline Load read_load(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s URL CONNECTIONS REQUESTS\n", argv[0]);
    std::exit(2);
  }
  return {argv[1], std::strtoul(argv[2], nullptr, 10), std::strtoul(argv[3], nullptr, 10)};
}

inline double cpu_us() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto micros = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return micros(usage.ru_utime) + micros(usage.ru_stime);
}

/// From construction to report(): CPU of the whole process, start-up included.
class Measurement {
 public:
  /// `bytes`: of all bodies, so that rivals can be seen to have done the same.
  void report(const char* rival, const Load& load, std::uint64_t bytes) const {
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - began_).count();
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    const auto requests = static_cast<double>(load.requests);
    std::printf(
        "{\"rival\":\"%s\",\"connections\":%zu,\"requests\":%zu,\"bytes\":%llu,"
        "\"cpu_us\":%.2f,\"per_s\":%.0f,\"rss_kib\":%ld}\n",
        rival, load.connections, load.requests, static_cast<unsigned long long>(bytes),
        cpu_us() / requests, requests / seconds, usage.ru_maxrss);
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

}  // namespace penstock::bench
