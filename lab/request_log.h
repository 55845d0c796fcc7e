// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// The request log: one JSON line a request, appended when it ends.
#pragma once

#include "request.h"

#include <penstock/error.h>

#include <string>

namespace penstock::lab {

/// What one line says. `t_ns` and `end_ns` are nanoseconds since 1970.
struct LogLine {
  std::int64_t t_ns = 0;
  std::int64_t end_ns = 0;
  std::string host{};
  std::string method{};
  std::string target{};
  std::uint64_t connection = 0;
  std::uint64_t bytes_out = 0;
  bool abandoned = false;
};

[[nodiscard]] std::string render(const LogLine& line, int status, std::string_view outcome);

/// Threads: any; each line is one append. Blocks: on the disk.
class RequestLog {
 public:
  RequestLog(RequestLog&& other) noexcept;
  RequestLog& operator=(RequestLog&&) = delete;
  ~RequestLog();

  /// An existing file is appended to; without a path nothing is written.
  /// Errors: system, if the file cannot be opened.
  static Result<RequestLog> open(const std::string& path);

  [[nodiscard]] bool is_on() const noexcept { return fd_ >= 0; }

  /// A line that cannot be written is lost, with one warning on stderr for all.
  void write(std::string_view line);

 private:
  RequestLog() = default;

  int fd_ = -1;
  bool warned_ = false;
};

}  // namespace penstock::lab
