// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include <gtest/gtest.h>

#include "sinks/crashes.h"
#include "sinks/row_writer.h"

namespace penstock::sinks {
namespace {

struct Format {
  std::vector<Column> columns{};
  CsvTableOptions csv{};
};

std::unique_ptr<RowWriter> make(const Format& format) {
  auto set = ColumnSet::make(format.columns, {"page"}, {std::string(kMoreName)});
  EXPECT_TRUE(set);
  return make_csv_writer(std::move(*set), format.csv);
}

// What the rows give; a second writer goes on after `cut` of them and must give the same.
std::string write(const std::vector<Row>& rows, const Format& format = {}) {
  const auto writer = make(format);
  std::string out;
  for (const Row& row : rows) EXPECT_TRUE(writer->append(row.record(1), out));
  for (std::size_t cut = 1; cut < rows.size(); ++cut) {
    std::string part;
    const auto first = make(format);
    for (std::size_t i = 0; i < cut; ++i) EXPECT_TRUE(first->append(rows[i].record(1), part));
    const auto second = make(format);
    EXPECT_TRUE(second->go_on_after(part));
    for (std::size_t i = cut; i < rows.size(); ++i) {
      EXPECT_TRUE(second->append(rows[i].record(1), part));
    }
    EXPECT_EQ(part, out) << cut;
  }
  return out;
}

TEST(CsvRows, HaveAHeader) {
  EXPECT_EQ(write({{.key = "1", .value = R"({"term":"a"})", .output = R"({"n":1})"},
                   {.key = "2", .value = R"({"term":"b,\"c\"\nd"})", .output = "null"}}),
            "key,parent,status,kind,error,attempts,term,page,more\n"
            "1,,ok,,,1,a,\"{\"\"n\"\":1}\",\n"
            "2,,ok,,,1,\"b,\"\"c\"\"\nd\",,\n");
}

TEST(CsvRows, PutWhatTheFirstRowLacksIntoMore) {
  EXPECT_EQ(write({{.key = "1", .value = R"({"a":1,"b":2})"},
                   {.key = "2", .value = R"({"b":3,"c":"x","a\"b":[4]})"},
                   {.key = "3", .value = R"({"more":5})"}}),
            "key,parent,status,kind,error,attempts,a,b,page,more\n"
            "1,,ok,,,1,1,2,,\n"
            "2,,ok,,,1,,3,,\"{\"\"c\"\":\"\"x\"\",\"\"a\\\"\"b\"\":[4]}\"\n"
            "3,,ok,,,1,,,,\"{\"\"input_more\"\":5}\"\n");
}

TEST(CsvRows, HaveNamedColumnsAlone) {
  EXPECT_EQ(write({{.key = "1", .value = R"({"a":1})"}, {.key = "2", .value = R"({"b":2})"}},
                  {.columns = {{"x", "{a}"}, {"k", "{key}"}}}),
            "x,k\n1,1\n,2\n");
}

TEST(CsvRows, AreTabSeparatedWhenAsked) {
  EXPECT_EQ(write({{.key = "1", .value = R"({"a":"x,y","b":"p\tq"})"}},
                  {.columns = {{"a", "{a}"}, {"b", "{b}"}}, .csv = {.separator = '\t'}}),
            "a\tb\nx,y\t\"p\tq\"\n");
}

TEST(CsvRows, AreSafeForSpreadsheetsWhenAsked) {
  const std::vector<Row> rows = {{.key = "1", .value = R"({"=a":"=1+1","b":"-5","c":"@x"})"},
                                 {.key = "2", .value = R"({"=a":"+1"})"}};
  const Format safe{.csv = {.spreadsheet_safe = SpreadsheetSafe::yes}};
  EXPECT_EQ(write(rows, safe),
            "key,parent,status,kind,error,attempts,'=a,b,c,page,more\n"
            "1,,ok,,,1,'=1+1,-5,'@x,,\n"
            "2,,ok,,,1,+1,,,,\n");
  EXPECT_EQ(write(rows).find('\''), std::string::npos);
}

TEST(CsvRows, RefuseToFollowAnotherHeader) {
  EXPECT_FALSE(make({})->go_on_after("id,title\n1,x\n"));
  EXPECT_FALSE(make({})->go_on_after("\"open"));
  EXPECT_FALSE(make({.columns = {{"a", "{a}"}}})->go_on_after("a,b\n"));
  EXPECT_TRUE(make({.columns = {{"a", "{a}"}}})->go_on_after("a\n1\n"));
}

}  // namespace
}  // namespace penstock::sinks
