// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// O_APPEND and one write() a line: lines of many threads never mix.
#include "request_log.h"

#include "json_text.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

namespace penstock::lab {

std::string render(const LogLine& line, int status, std::string_view outcome) {
  return fmt::format(
      "{{\"t_ns\":{},\"end_ns\":{},\"host\":{},\"method\":{},\"target\":{},\"status\":{},"
      "\"outcome\":{},\"connection\":{},\"bytes_out\":{},\"abandoned\":{}}}\n",
      line.t_ns, line.end_ns, json_quoted(line.host), json_quoted(line.method),
      json_quoted(line.target), status, json_quoted(outcome), line.connection, line.bytes_out,
      line.abandoned);
}

RequestLog::RequestLog(RequestLog&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), warned_(other.warned_) {}

RequestLog::~RequestLog() {
  if (fd_ >= 0) ::close(fd_);
}

Result<RequestLog> RequestLog::open(const std::string& path) {
  RequestLog log;
  if (path.empty()) return log;
  log.fd_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log.fd_ >= 0) return log;
  return Error{Errc::system, "open " + path + ": " + std::strerror(errno), "lab.log"};
}

void RequestLog::write(std::string_view line) {
  const auto written = ::write(fd_, line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size()) || warned_) return;
  warned_ = true;
  std::fprintf(stderr, "penstock-lab: the request log is incomplete: %s\n", std::strerror(errno));
}

}  // namespace penstock::lab
