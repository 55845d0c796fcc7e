// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "report/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "report/safe_text.h"

namespace penstock::report {
namespace {

Table runs() {
  Table table({{"run"}, {"done", Align::right}, {"what"}});
  table.add({"pages", "18,564", "all done"});
  table.add({"日本", "7", "a long story that needs room"});
  return table;
}

TEST(Table, LinesUp) {
  EXPECT_EQ(runs().text({.columns = 80}),
            "run      done  what\n"
            "pages  18,564  all done\n"
            "日本        7  a long story that needs room\n");
}

TEST(Table, CutsTheWidestFirst) {
  EXPECT_EQ(runs().text({.columns = 26}),
            "run      done  what\n"
            "pages  18,564  all done\n"
            "日本        7  a long sto…\n");
}

TEST(Table, CellsCannotCommandTheTerminalNorBreakLines) {
  Table table({{"item"}});
  table.add({"a\x1b[2J\nb"});
  EXPECT_EQ(table.text({}), "item\na\\x1b[2J\\nb\n");
}

}  // namespace
}  // namespace penstock::report
