// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

// One line a request.
#include "request_log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace penstock::lab {
namespace {

TEST(RequestLog, a_line_is_json) {
  const LogLine line{1, 2, "h", "GET", "/a?\"b\xff", 3, 4, true};
  EXPECT_EQ(
      render(line, 0, "reset"),
      "{\"t_ns\":1,\"end_ns\":2,\"host\":\"h\",\"method\":\"GET\",\"target\":\"/"
      "a?\\\"b\xEF\xBF\xBD\","
      "\"status\":0,\"outcome\":\"reset\",\"connection\":3,\"bytes_out\":4,\"abandoned\":true}\n");
}

TEST(RequestLog, appends_and_refuses) {
  const auto path =
      std::filesystem::path(::testing::TempDir()) / ("lab_log_" + std::to_string(getpid()));
  for (int i = 0; i < 2; ++i) {
    auto log = RequestLog::open(path.string());
    ASSERT_TRUE(log);
    log->write("line\n");
  }
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "line\nline\n");
  std::filesystem::remove(path);
  EXPECT_FALSE(RequestLog::open("/nonexistent/log"));
  EXPECT_FALSE(RequestLog::open("")->is_on());
}

}  // namespace
}  // namespace penstock::lab
