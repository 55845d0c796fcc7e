// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "core/json.h"
#include "sinks/crashes.h"
#include "sinks/row_writer.h"

namespace penstock::sinks {
namespace {

std::string write(const Row& row, const std::vector<Column>& columns = {}) {
  auto set = ColumnSet::make(columns, {"page"});
  EXPECT_TRUE(set);
  const auto writer = make_jsonl_writer(std::move(*set));
  std::string out;
  EXPECT_TRUE(writer->append(row.record(1), out));
  EXPECT_TRUE(json::Document::parse(out.substr(0, out.size() - 1))) << out;
  return out;
}

TEST(JsonlRows, AreObjectsThatKeepTypesAndDigits) {
  EXPECT_EQ(write({.key = "1",
                   .value = R"({"n":1.50,"big":123456789012345678901,"a":[1, 2],"t":true})",
                   .output = R"({"text":"x\ny"})"}),
            R"({"key":"1","parent":null,"status":"ok","kind":null,"error":null,"attempts":1,)"
            R"("n":1.50,"big":123456789012345678901,"a":[1, 2],"t":true,"page":{"text":"x\ny"}})"
            "\n");
}

TEST(JsonlRows, QuoteNames) {
  EXPECT_EQ(write({.key = "1"}, {{"a\"b", "{key}"}}), "{\"a\\\"b\":\"1\"}\n");
}

TEST(JsonlRows, StayOneLineWhateverTheItemHolds) {
  const std::string row = write({.key = "a\nb\r\x1B[31m", .value = R"({"x":"\n\u2028"})"});
  EXPECT_EQ(row.find('\n'), row.size() - 1);
  EXPECT_EQ(row.find('\x1B'), std::string::npos);
}

}  // namespace
}  // namespace penstock::sinks
