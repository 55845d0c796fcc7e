// SPDX-FileCopyrightText: The Penstock authors
// SPDX-License-Identifier: Apache-2.0

#include "sinks/column_set.h"

#include <gtest/gtest.h>

#include "sinks/crashes.h"

namespace penstock::sinks {
namespace {

const std::vector<std::string> kSteps = {"search", "page"};

// name=json by column.
std::string render(const Row& row, const std::vector<Column>& columns = {},
                   std::vector<std::string> reserved = {}) {
  auto set = ColumnSet::make(columns, kSteps, std::move(reserved));
  if (!set) return "!" + set.error().kind;
  std::string text;
  const auto status = set->render(row.record(1), [&](std::string_view name, std::string_view json) {
    text += std::string(name) + "=" + std::string(json) + " ";
  });
  return status ? text : text + "!" + status.error().kind;
}

const Row kPage{
    .key = "17/3",
    .value = R"({"url":"u","rank":1.50,"parent":{"term":"epoll","search":{"total":3}}})",
    .output = R"({"status":200,"text":"hello"})",
    .parent_key = "17"};

TEST(ColumnSet, ShowsByDefaultRecordSourceAndLastStep) {
  EXPECT_EQ(render(kPage), R"(key="17/3" parent="17" status="ok" kind=null error=null attempts=1 )"
                           R"(url="u" rank=1.50 term="epoll" page={"status":200,"text":"hello"} )");
}

TEST(ColumnSet, ShowsAFailureWithItsKind) {
  const Row row{.key = "17",
                .value = R"({"term":"epoll"})",
                .status = ItemStatus::failed,
                .kind = "http.404",
                .step = "search"};
  EXPECT_EQ(render(row),
            R"(key="17" parent=null status="failed" kind="http.404" error="it failed" attempts=1 )"
            R"(term="epoll" page=null )");
}

TEST(ColumnSet, RenamesFieldsThatWouldHideTheRecord) {
  const Row row{.key = "1",
                .value = R"({"key":1,"status":"new","input_key":2,"page":3,"parent":4})"};
  EXPECT_EQ(render(row),
            R"(key="1" parent=null status="ok" kind=null error=null attempts=1 )"
            R"(input_input_key=1 input_status="new" input_key=2 input_page=3 input_parent=4 )"
            R"(page=null )");
  EXPECT_NE(render({.key = "1", .value = R"({"more":1})"}, {}, {"more"}).find("input_more=1"),
            std::string::npos);
}

TEST(ColumnSet, RendersNamedColumns) {
  EXPECT_EQ(render(kPage, {{"Term", "{term}"},
                           {"n", "{rank}"},
                           {"code", "{page.status}"},
                           {"all", "{page}"},
                           {"line", "{term|upper}: {page.text}"},
                           {"constant", "x"},
                           {"k", "{key}"},
                           {"p", "{parent}"}}),
            R"(Term="epoll" n=1.50 code=200 all={"status":200,"text":"hello"} )"
            R"(line="EPOLL: hello" constant="x" k="17/3" p="17" )");
}

TEST(ColumnSet, MixesTheRecordIntoTemplates) {
  EXPECT_EQ(render(kPage, {{"a", "{key}-{status}"}, {"b", "{/page/status}"}}),
            R"(a="17/3-ok" b=200 )");
}

TEST(ColumnSet, ReachesHiddenFieldsByTheirOtherName) {
  const Row row{.key = "1", .value = R"({"status":"new","page":7})", .output = "8"};
  EXPECT_EQ(render(row, {{"a", "{status}"}, {"b", "{input_status}"}, {"c", "{page}+{input_page}"}}),
            R"(a="ok" b="new" c="8+7" )");
}

TEST(ColumnSet, GivesNullForWhatAnItemLacks) {
  EXPECT_EQ(render({.key = "1"}, {{"a", "{term}"}, {"b", "{term}!"}, {"c", "{term|default:none}"}}),
            R"(a=null b=null c="none" )");
}

TEST(ColumnSet, RefusesWhatIsNoTable) {
  EXPECT_EQ(render(kPage, {{"", "{term}"}}), "!output.columns");
  EXPECT_EQ(render(kPage, {{"a", "{term}"}, {"a", "{rank}"}}), "!output.columns");
  EXPECT_EQ(render(kPage, {{"a", "{term"}}), "!job.placeholder");
}

TEST(ColumnSet, StopsAtARecordThatIsNone) {
  EXPECT_EQ(render({.key = "1", .value = "7"}), "!internal.record");
  EXPECT_EQ(render({.key = "1", .value = "{"}, {{"a", "{term}"}}), "!internal.record");
}

}  // namespace
}  // namespace penstock::sinks
