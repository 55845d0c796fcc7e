// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "report/summary.h"

#include <gtest/gtest.h>

namespace penstock::report {
namespace {

using namespace std::chrono_literals;

Snapshot ended() {
  Snapshot snapshot;
  snapshot.state = RunState::finished;
  snapshot.elapsed = 72min;
  snapshot.items = {.done = 18549, .failed = 13, .skipped = 2};
  snapshot.bytes_in = 3328599654;
  snapshot.concurrency = {.configured = 500, .peak = 498, .mean = 431.4};
  snapshot.lost = {.limits = 60s, .network = 39s, .tail = 1s};
  return snapshot;
}

TEST(Summary, SaysWhatCameOutWhatFailedAndWhatToTypeNext) {
  Closing closing{.run = "pages", .outcome = "finished"};
  closing.errors = {{"http.404", "page", 13, "17/3", "GET https://a.example/x: 404 Not Found"}};
  closing.remarks = {"3 blank lines of the input were passed over"};
  closing.outputs = {"pages.jsonl", "texts/"};
  closing.commands = {"penstock errors pages", "penstock retry pages"};
  EXPECT_EQ(summary_text(closing, ended(), {.columns = 80}),
            "pages: finished\n"
            "  done         18,549\n"
            "  failed       13\n"
            "  skipped      2\n"
            "  time         1 h 12 min\n"
            "  received     3.1 GiB\n"
            "  concurrency  498 in flight at most, 431 on average, of 500 configured\n"
            "  waited for   limits 60 %, network 39 %, nothing left to start 1 %\n"
            "       13  http.404  in step page\n"
            "           e.g. 17/3: GET https://a.example/x: 404 Not Found\n"
            "           do: these addresses do not exist (any more); nothing to retry\n"
            "  note         3 blank lines of the input were passed over\n"
            "  results      pages.jsonl\n"
            "               texts/\n"
            "  next         penstock errors pages\n"
            "               penstock retry pages\n");
}

TEST(Summary, SeveralStepsAreCountedOneByOne) {
  Snapshot snapshot;
  snapshot.items = {.done = 105};
  snapshot.steps = {{"search", {.done = 4}, {}}, {"page", {.done = 101}, {}}};
  const std::string text =
      summary_text({.run = "pages", .outcome = "complete"}, snapshot, {.columns = 80});
  EXPECT_NE(text.find("  done         105        search 4, page 101\n"), std::string::npos) << text;
}

TEST(Summary, NamesWhatIsLeft) {
  Snapshot snapshot;
  snapshot.items = {.done = 1, .pending = 42};
  const std::string text =
      summary_text({.run = "pages", .outcome = "interrupted"}, snapshot, {.columns = 80});
  EXPECT_NE(text.find("  left         42\n"), std::string::npos) << text;
}

TEST(Summary, ManyKindsAreCounted) {
  std::vector<ErrorClass> errors(7, {"http.404", "page", 1, "k", "m"});
  const std::string text = errors_text(errors, 5, {});
  EXPECT_NE(text.find("and 2 more kinds\n"), std::string::npos) << text;
}

TEST(Summary, ErrorTextsCannotCommandTheTerminal) {
  const std::string text = errors_text({{"http.500", "s", 1, "\x1b]0;k\x07", "\x1b[2J"}}, 5, {});
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << text;
}

}  // namespace
}  // namespace penstock::report
